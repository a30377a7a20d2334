# SPDX-License-Identifier: GPL-3.0-or-later
# cohort.R STAYS.csv THREADS - what an R user does to get from stays to a cohort (data.table); prints the seconds of it.
# The cohort: stays in intensive outpatient or inpatient care, with days, kind of end, next admission and factors.
a <- commandArgs(TRUE)
suppressMessages(library(data.table))
setDTthreads(as.integer(a[2]))
d <- fread(a[1], showProgress = FALSE, na.strings = c("", "-9"))
start <- proc.time()
end <- as.IDate("2021-12-31")
setkey(d, client_id, admit_date)
d[, next_admit := shift(admit_date, -1L), by = client_id]
d[, arm := fifelse(level_of_care == "ASAM-2.1", 1L,
                   fifelse(level_of_care %chin% c("ASAM-3.1", "ASAM-3.5", "ASAM-3.7", "ASAM-4.0"), 0L, NA_integer_))]
d <- d[!is.na(arm)]
d[, obs_end := fifelse(is.na(discharge_date), end, pmin(discharge_date, end))]
d[, los := pmax(1L, as.integer(obs_end - admit_date))]
d[, status := fifelse(is.na(discharge_date) | discharge_date > end, 0L,
                      fifelse(reason %chin% c("DROPOUT", "TERMINATED"), 1L, fifelse(reason == "COMPLETED", 2L, 3L)))]
d <- d[los <= 730]
d[, ev := as.integer(status == 1L)]
cats <- c("race", "ethnic", "educ", "marital", "employ", "living", "primary_sub", "route", "freq", "prior_tx", "psych",
          "referral", "payer", "region", "arrests")
for (v in cats) set(d, NULL, v, factor(fifelse(is.na(d[[v]]), 0L, d[[v]])))
d[, sex := factor(sex)]
d[, cid := .GRP, by = client_id]
d <- as.data.frame(d[, c("arm", "los", "status", "ev", "cid", "age", "sex", cats), with = FALSE])
cat(sprintf("%.3f\n", (proc.time() - start)[3]))
