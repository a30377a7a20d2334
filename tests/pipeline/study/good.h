/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * good.h - a study and its codebook without a mistake, which tests break in one place at a time.
 */
#ifndef TESTS_PIPELINE_STUDY_GOOD_H
#define TESTS_PIPELINE_STUDY_GOOD_H

static const char GOOD_STUDY[] =
    "study: iop-vs-inpatient\n" /* 1 */
    "title: Short or long\n" /* 2 */
    "seed: 20261121\n" /* 3 */
    "registered: {where: osf.io/abcde, date: 2026-01-15}\n" /* 4 */
    "privacy: {basis: public}\n" /* 5 */
    "tables:\n" /* 6 */
    "  clients:\n" /* 7 */
    "    file: [data.csv, more.csv.gz]\n" /* 8 */
    "    codebook: codebook.yaml\n" /* 9 */
    "    weight: n\n" /* 10 */
    "    programme: site\n" /* 11 */
    "cohort:\n" /* 12 */
    "  unit: discharge\n" /* 13 */
    "  eligible:\n" /* 14 */
    "    - age >= 18\n" /* 15 */
    "    - {when: los >= 1, post_baseline: came at least once}\n" /* 16 */
    "  arms:\n" /* 17 */
    "    iop: \"arm == 'iop'\"\n" /* 18 */
    "    php: \"arm == 'php'\"\n" /* 19 */
    "    inpatient: {when: arm == 'inpatient'}\n" /* 20 */
    "  reference: [inpatient]\n" /* 21 */
    "  populations: {itt: true, stayed: {when: los > 3, post_baseline: sensitivity}}\n" /* 22 */
    "  covariates: [age, {column: days, post_baseline: shown only}]\n" /* 23 */
    "  strata: [site]\n" /* 24 */
    "  follow_up: {days: 365}\n" /* 25 */
    "outcomes:\n" /* 26 */
    "  relapse: {time: days, event: status == 1, entry: 0, competing: {death: status == 2}, event_is: bad}\n" /* 27 */
    "  stay: {days_until: {column: los}, completed: retained,\n" /* 28 */
    "         completed_if: plan == 'short' and los >= 90, event_is: bad}\n" /* 29 */
    "  done: {reason: ended, event: completed, no_event: [dropout, moved], exclude: [died], event_is: good}\n" /* 30 */
    "  left: {reason: ended, event: [dropout, moved], competing: [completed], censor: [died],\n" /* 31 */
    "         because: coded by hand, days_until: {column: los}, event_is: bad, label: Left}\n" /* 32 */
    "  yes: {event: plan == 'short' and los >= 90, event_is: good}\n" /* 33 */
    "primary: {outcome: relapse, measure: risk_difference, at: 180, population: itt}\n" /* 34 */
    "compare:\n" /* 35 */
    "  - outcomes: [relapse, stay]\n" /* 36 */
    "    measures: [survival, risk_difference, rmst_difference, quantile_time, risk_ratio]\n" /* 37 */
    "    at: [180, 90]\n" /* 38 */
    "    at_least: 90\n" /* 39 */
    "    tau: 365\n" /* 40 */
    "    non_inferiority:\n" /* 41 */
    "      - {outcome: relapse, measure: risk_difference, at: 180, margin: 0.1, because: ok, role: primary}\n" /* 42 */
    "      - {outcome: relapse, measure: risk_ratio, at_least: 90, margin: 1.25, because: ok, population: itt}\n" /* 43 */
    "  - analysis: ended\n" /* 44 */
    "    outcomes: [done, yes]\n" /* 45 */
    "    measures: [risk, risk_difference, chi_square_test]\n" /* 46 */
    "    populations: itt\n" /* 47 */
    "    reference: php\n" /* 48 */
    "    conf_type: plain\n" /* 49 */
    "disclosure: {threshold: 0, because: public-use data}\n" /* 50 */
    "caveats: [Discharges are counted and not people.]\n" /* 51 */
    "published: published.csv\n"; /* 52 */

static const char GOOD_CODEBOOK[] =
    "codebook: example\n" /* 1 */
    "missing: ['', NA]\n" /* 2 */
    "columns:\n" /* 3 */
    "  caseid: {role: row_id}\n" /* 4 */
    "  arm: {type: category, codes: {1: iop, 2: php, 3: inpatient}}\n" /* 5 */
    "  age: {type: integer, label: Age, units: years, range: [0, 120], missing: ['-9'], aliases: AGE}\n" /* 6 */
    "  site: {type: category}\n" /* 7 */
    "  plan: {type: category, codes: {1: short, 2: long}, known: before}\n" /* 8 */
    "  los: {type: integer, range: [0, 9999], known: after}\n" /* 9 */
    "  days: {type: real, required: yes}\n" /* 10 */
    "  status: {type: integer}\n" /* 11 */
    "  ended: {type: category, codes: {1: completed, 2: dropout, 3: moved, 4: died, 5: dropout}}\n" /* 12 */
    "  seen: {type: date, range: [2018-01-01, 2020-12-31]}\n" /* 13 */
    "  note: {type: text}\n" /* 14 */
    "  n: {type: integer}\n"; /* 15 */

#endif
