/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Words for the rules of the manifest.
 * Knows: FORMAT.md's numbers.   Never knows: how they are checked. */
#include "rule_words.h"

#include "base/rule.h"

static const struct {
    unsigned char rule;
    const char *words;
} rows[] = {
    {AL_R1, "a manifest has at most 4096 bytes"},
    {AL_R2, "the file begins with the tag of a SUIT envelope (d8 6b)"},
    {AL_R3, "the envelope holds authentication, manifest and maybe text, and nothing else"},
    {AL_R4, "each part of the envelope is a byte string"},
    {AL_R5, "everything is deterministic CBOR: shortest form, keys in order, nothing behind it"},
    {AL_R6, "the authentication is a digest and one to four signatures"},
    {AL_R7, "the digest is SHA-256 with 32 bytes"},
    {AL_R8, "the digest is that of the manifest"},
    {AL_R9,
     "each signature is a COSE_Sign1 with algorithm and key protected, detached payload, 64 bytes"},
    {AL_R10, "the algorithm is ES256, ESP256, EdDSA or Ed25519, and fits the trusted key"},
    {AL_R11, "no key signs twice"},
    {AL_R12, "every signature of a trusted key is right"},
    {AL_R13, "enough different trusted keys have signed"},
    {AL_R14, "the manifest has just the keys of this profile"},
    {AL_R15, "the manifest version is 1"},
    {AL_R16,
     "the sequence number is below 2^63, not below the floor, and not that of another manifest "
     "that is installed"},
    {AL_R17, "the sequence number is above the highest that this device has given up on"},
    {AL_R18, "common holds components and the shared sequence"},
    {AL_R19, "the components are ['app'], and ['app', 'cur'] if and only if there are patches"},
    {AL_R20, "the shared sequence has just its form"},
    {AL_R21, "vendor, class, digest and size are given, and the image fits into the slot"},
    {AL_R22, "the version is up to three numbers, and maybe rc, beta or alpha with one more"},
    {AL_R23, "the text is the one whose digest was signed"},
    {AL_R24, "each sequence of commands has just its form"},
    {AL_R25, "try-each has two to four branches, none of them empty or nested"},
    {AL_R26, "commands come in pairs, at most sixteen"},
    {AL_R27, "each sequence begins with the number of a component that exists"},
    {AL_R28, "parameters are set only where this profile names them"},
    {AL_R29, "a reporting policy is 0 to 15"},
    {AL_R31, "the place of a payload is a plain relative path"},
    {AL_R32, "the fetch arguments fit their branch, and a raw payload is the image itself"},
    {AL_R34, "vendor and class are those of the device"},
    {AL_R35, "a manifest with a last date needs a clock, and a time before it"},
    {AL_R36, "the device can decode the payload"},
    {AL_R38, "one branch is for this device"},
    {AL_R39, "the payload is the one that was signed"},
    {AL_R41, "the image in the slot is the one that was signed"},
};

const char *rule_words(unsigned rule) {
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].rule == rule)
            return rows[i].words;
    return "";
}
