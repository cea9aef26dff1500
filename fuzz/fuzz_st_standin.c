/* SPDX-License-Identifier: Apache-2.0 */
/* What the SmartThings stand-ins read from a broker: commands, notifications, events, tokens. */
#include <stdint.h>
#include <string.h>

#include "smartthings/standin/cloud.h"
#include "smartthings/standin/token.h"
#include "smartthings/standin/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(void *self, const struct st_command *command) {
    *(size_t *)self += strlen(command->name) + (command->id == NULL ? 0 : strlen(command->id));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct st_identity known = {.serial = "ALFTABCDEFGH",
                                             .mn_id = "fkOP",
                                             .public_key =
                                                 "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="};
    struct st_cloud cloud = {0};
    size_t sum = 0;
    char why[32];

    if (st_words_commands(data, size, look, &sum) > 16)
        __builtin_trap();
    (void)st_words_notification(data, size, why, sizeof why);
    (void)st_cloud_take(&cloud, data, size);
    for (const char *c = cloud.current; *c != 0; c++)
        if (*c < 0x20 || *c > 0x7e)
            __builtin_trap();
    if (st_token_refuses(data, size, &known) == NULL)
        __builtin_trap(); /* nobody here has the private key */
    return 0;
}
