/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which columns linking reads. */
#include "base/names.h"
#include "episodes/link.h"
#include "study/condition.h"

char **link_columns(const struct study *study, const struct table *schema)
{
    const struct study_table *source = study_find_table(study, ROLE_EPISODES);
    const struct study_text *const columns[] = {
        &source->admission,    &source->discharge,    &source->last_contact,    &study->levels.column,
        &source->reason, &source->programme,    &source->planned_days, &source->weekly_hours,    &source->weekly_sessions};
    const char *persons[2];
    const size_t n_persons = study_person_columns(study, source, persons);
    char **names = NULL;
    int status = 0;

    for (size_t i = 0; status == 0 && i < n_persons; i++)
        status = names_add(&names, persons[i]);
    for (size_t i = 0; status == 0 && i < sizeof columns / sizeof columns[0]; i++)
        status = names_add(&names, columns[i]->text);
    for (size_t i = 0; status == 0 && i < source->constant.n; i++)
        status = names_add(&names, source->constant.items[i].text);
    if (status == 0 && source->transfer.text != NULL)
        status = condition_columns(study, &source->transfer, schema, &names);
    if (status == 0)
        return names;
    names_free(names);
    return NULL;
}
