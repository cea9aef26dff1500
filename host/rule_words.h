/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. What each rule of the manifest asks for, in words. */
#ifndef HOST_RULE_WORDS_H
#define HOST_RULE_WORDS_H

/** What rule R`rule` of FORMAT.md asks for, without a full stop; "" for a number that is no rule. */
const char *rule_words(unsigned rule);

#endif
