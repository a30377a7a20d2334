/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulate/made_words.h"

const char made_codebook_episodes[] =
    "# SYNTHETIC: made by `stepdown simulate`; no person is behind any row.\n"
    "codebook: synthetic stays\n"
    "columns:\n"
    "  client_id:     {type: text, label: Made-up person, required: yes}\n"
    "  admission:     {type: date, label: Day of admission, required: yes}\n"
    "  discharge:     {type: date, label: Day of discharge, known: after}\n"
    "  level_of_care:\n"
    "    type: category\n"
    "    label: Level of care\n"
    "    codes: {WM: withdrawal management, \"4\": hospital inpatient, \"3.7\": short-term residential,\n"
    "            \"3.5\": long-term residential, \"2.5\": partial hospital, \"2.1\": intensive outpatient, \"1\": outpatient}\n"
    "    required: yes\n"
    "  reason:\n"
    "    type: category\n"
    "    label: Reason of discharge\n"
    "    codes: {completed: completed, transferred: transferred, dropped out: dropped out, terminated: terminated,\n"
    "            incarcerated: incarcerated, other: other, died: died}\n"
    "    known: after\n"
    "  hours_week:    {type: integer, label: Planned hours a week, units: hours, range: [1, 60]}\n"
    "  planned_days:  {type: integer, label: Planned length of stay, units: days, range: [1, 365]}\n"
    "  programme:     {type: category, label: Made-up programme}\n";

const char made_codebook_tests[] =
    "# SYNTHETIC: made by `stepdown simulate`; no person is behind any row.\n"
    "codebook: synthetic urine tests\n"
    "columns:\n"
    "  client_id: {type: text, label: Made-up person, required: yes}\n"
    "  test_date: {type: date, label: Day of the test, required: yes, known: after}\n"
    "  result:    {type: category, label: Result, codes: {negative: negative, positive: positive}, known: after}\n";

const char made_codebook_clients_head[] =
    "# SYNTHETIC: made by `stepdown simulate`; no person is behind any row.\n"
    "codebook: synthetic clients\n"
    "columns:\n"
    "  client_id:       {type: text, label: Made-up person, required: yes}\n";

const char made_codebook_clients_tail[] =
    "  last_seen:       {type: date, label: Last day on which the source sees the person, required: yes, known: after}\n"
    "  died_on:         {type: date, label: Day of death, known: after}\n";

const char made_codebook_people_head[] =
    "# SYNTHETIC: made by `stepdown simulate`; no person is behind any row.\n"
    "codebook: synthetic people\n"
    "columns:\n"
    "  person:          {role: row_id, label: Made-up person}\n";

const char made_codebook_people_tail[] =
    "  first_care:\n"
    "    type: category\n"
    "    label: First care other than withdrawal management\n"
    "    codes: {inpatient: inpatient, iop: iop, outpatient: outpatient, none: none}\n"
    "    required: yes\n"
    "  first_stay_days:   {type: integer, label: Days of the first stay, units: days, range: [0, 1000], known: after}\n"
    "  first_stay_reason:\n"
    "    type: category\n"
    "    label: How the first stay ended\n"
    "    codes: {completed: completed, transferred: transferred, dropped out: dropped out, terminated: terminated,\n"
    "            incarcerated: incarcerated, other: other, died: died}\n"
    "    known: after\n"
    "  retention_days:    {type: integer, label: Days until first care was left, units: days, range: [0, 365], known: after}\n"
    "  retention:         {type: category, label: Left first care, codes: {stayed: stayed, left: left}, known: after}\n"
    "  relapse_days:      {type: integer, label: Days until relapse, units: days, range: [0, 365], known: after}\n"
    "  relapse:           {type: category, label: Relapse, codes: {none: none, relapse: relapse, died: died}, known: after}\n"
    "  readmission_days:  {type: integer, label: Days until readmission, units: days, range: [0, 365], known: after}\n"
    "  readmission:\n"
    "    type: category\n"
    "    label: Readmission\n"
    "    codes: {none: none, readmitted: readmitted, died: died}\n"
    "    known: after\n"
    "  death_days:        {type: integer, label: Days until death, units: days, range: [0, 365], known: after}\n"
    "  death:             {type: category, label: Death, codes: {alive: alive, died: died}, known: after}\n";

const char made_study_people[] =
    "study: synthetic-people\n"
    "title: \"SYNTHETIC: intensive outpatient or inpatient first care, made-up people\"\n"
    "privacy: {basis: public}\n"
    "tables:\n"
    "  clients: {file: people.csv, codebook: people_codebook.yaml}\n"
    "cohort:\n"
    "  eligible: [\"first_care in ('iop', 'inpatient')\"]\n"
    "  arms:\n"
    "    iop: \"first_care == 'iop'\"\n"
    "    inpatient: \"first_care == 'inpatient'\"\n"
    "  reference: inpatient\n"
    "  covariates: [age, sex, race, education, employment, housing, psychiatric, prior_treatment, referral, primary_drug,\n"
    "               frequency]\n"
    "  follow_up: {days: 365}\n"
    "outcomes:\n"
    "  retention:\n"
    "    {label: Left first care before completing it, time: retention_days, event: \"retention == 'left'\", event_is: bad}\n"
    "  relapse:\n"
    "    {label: Positive test or new episode, time: relapse_days, event: \"relapse == 'relapse'\",\n"
    "     competing: {died: \"relapse == 'died'\"}, event_is: bad}\n"
    "  readmission:\n"
    "    {label: New episode after the first, time: readmission_days, event: \"readmission == 'readmitted'\",\n"
    "     competing: {died: \"readmission == 'died'\"}, event_is: bad}\n"
    "  death: {label: Death, time: death_days, event: \"death == 'died'\", event_is: bad}\n"
    "primary: {outcome: relapse, measure: risk_difference, at: 180}\n"
    "compare:\n"
    "  - outcomes: [retention, relapse, readmission, death]\n"
    "    measures: [risk_difference, rmst_difference]\n"
    "    at: [30, 90, 180, 365]\n"
    "    tau: 365\n"
    "caveats: [the data are made up and say nothing about any treatment]\n"
    "disclosure: {threshold: 0, because: \"synthetic data: no person is behind any row\"}\n";
