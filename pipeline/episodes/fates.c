/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "episodes/fates.h"

const char *const fate_names[N_FATES] = {
    [FATE_BEGINS] = "begins an episode",
    [FATE_SAME_DAY] = "joined: same day",
    [FATE_ADJACENT] = "joined: next day",
    [FATE_GAP] = "joined: within the gap",
    [FATE_TRANSFER] = "joined: transfer",
    [FATE_OVERLAPS] = "joined: overlaps",
    [FATE_NESTED] = "nested in another stay",
    [FATE_DUPLICATE] = "duplicate of another stay",
    [FATE_NO_PERSON] = "left out: person missing",
    [FATE_NO_ADMISSION] = "left out: admission missing",
    [FATE_NO_TREATMENT] = "left out: no treatment by the map of levels",
    [FATE_BACKWARDS] = "left out: discharge before admission",
    [FATE_EARLY_CONTACT] = "left out: last contact before admission",
    [FATE_LATE] = "left out: begins after the study's end",
    [FATE_CONTRADICTION] = "left out: the person has contradicting values",
    [FATE_OVERLAP_LONG] = "left out: the person has stays that overlap too long",
};
