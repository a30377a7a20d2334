# SPDX-License-Identifier: GPL-3.0-or-later
# R's Cox regression on the people of scripts/bench/make_people.c.
#   Rscript cox.R PEOPLE.csv TASK ROWS OUT      prints seconds, megabytes and processor seconds; OUT as bench_cox.c writes it
suppressMessages({library(data.table); library(survival)})
a <- commandArgs(TRUE)
setDTthreads(1)
d <- as.data.frame(fread(a[1], nrows = as.integer(a[3])))
task <- a[2]
n_factor <- switch(task, efron72 = 17, exact = 2, 8)
for (j in seq_len(n_factor)) d[[paste0("c", j)]] <- factor(d[[paste0("c", j)]])
event <- as.integer(d$status == 1)
# Five days at a time: with more tied events R's exact likelihood overflows to -Inf.
when <- switch(task, "exact-times" = d$exact, exact = ceiling(d$time / 5), d$time)
terms <- reformulate(c("arm", "age", "sev", "dist", paste0("c", seq_len(n_factor))), quote(Surv(when, event)))
control <- suppressWarnings(coxph.control(eps = 1e-13, iter.max = 30, timefix = FALSE))
invisible(gc(reset = TRUE))
try(cat("5", file = "/proc/self/clear_refs"), silent = TRUE) # from here on the largest memory counts
used <- system.time(fit <- switch(task,
    exact = coxph(terms, d, ties = "exact", control = control),
    cluster = coxph(terms, d, ties = "breslow", cluster = client, control = control),
    "cluster-efron" = coxph(terms, d, ties = "efron", cluster = client, control = control),
    coxph(terms, d, ties = "efron", control = control)))
writeLines(formatC(c(fit$loglik[2], coef(fit), sqrt(diag(fit$var))), digits = 17, format = "g"), a[4])
peak <- as.numeric(sub("[^0-9]*([0-9]+).*", "\\1", grep("VmHWM", readLines("/proc/self/status"), value = TRUE))) / 1024
cat(sprintf("%.3f %.0f %.3f\n", used[["elapsed"]], peak, used[["user.self"]] + used[["sys.self"]]))
