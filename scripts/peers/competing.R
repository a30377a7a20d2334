# SPDX-License-Identifier: GPL-3.0-or-later
# R on the people of scripts/bench/make_people.c: curves, tests, Fine-Gray, bootstrap.
#   Rscript competing.R PEOPLE.csv TASK ROWS OUT      prints seconds, megabytes and processor seconds; OUT as bench_competing.c writes it
# Of the 200 bootstrap replicates 4 are run and their time is taken 50 times.
suppressMessages({library(data.table); library(survival); library(cmprsk)})
a <- commandArgs(TRUE)
setDTthreads(1)
d <- as.data.frame(fread(a[1], nrows = as.integer(a[3])))
task <- a[2]
event <- as.integer(d$status == 1)
tau <- 180
area <- function(f) survival:::survmean(f, rmean = tau)$matrix
difference <- function(i) {
    f <- survfit(Surv(d$time[i], event[i]) ~ d$arm[i], se.fit = FALSE)
    k <- f$strata
    mean <- function(t, S) { m <- t <= tau; sum(diff(c(0, t[m], tau)) * c(1, S[m])) }
    q <- seq_len(k[1])
    mean(f$time[-q], f$surv[-q]) - mean(f$time[q], f$surv[q])
}
invisible(gc(reset = TRUE))
try(cat("5", file = "/proc/self/clear_refs"), silent = TRUE) # from here on the largest memory counts
factor_times <- 1
used <- system.time(values <- switch(task,
    km = { f <- survfit(Surv(d$time, event) ~ d$arm); m <- area(f); x <- survdiff(Surv(d$time, event) ~ d$arm)
        c(rbind(m[, "rmean"], m[, "se(rmean)"]), x$chisq) },
    incidence = { f <- survfit(Surv(time, factor(status)) ~ arm, d); s <- summary(f, times = tau)
        c(t(cbind(s$pstate[, 2], s$std.err[, 2], s$pstate[, 3], s$std.err[, 3]))) },
    finegray = { for (j in 1:8) d[[paste0("c", j)]] <- factor(d[[paste0("c", j)]])
        X <- model.matrix(reformulate(c("arm", "age", "sev", "dist", paste0("c", 1:8))), d)[, -1]
        X[, c("age", "sev", "dist")] <- scale(X[, c("age", "sev", "dist")], scale = FALSE)
        f <- crr(d$time, d$status, X, gtol = 1e-12, maxiter = 50)
        c(f$loglik, rbind(f$coef, sqrt(diag(f$var)))) },
    bootstrap = { set.seed(1); n <- nrow(d); factor_times <- 50
        x <- sapply(1:4, function(b) difference(sample.int(n, n, TRUE))); difference(seq_len(n)) }))
writeLines(formatC(as.numeric(values), digits = 17, format = "g"), a[4])
peak <- as.numeric(sub("[^0-9]*([0-9]+).*", "\\1", grep("VmHWM", readLines("/proc/self/status"), value = TRUE))) / 1024
cat(sprintf("%.3f %.0f %.3f\n", used[["elapsed"]] * factor_times, peak,
            (used[["user.self"]] + used[["sys.self"]]) * factor_times))
