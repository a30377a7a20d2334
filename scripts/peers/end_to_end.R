# SPDX-License-Identifier: GPL-3.0-or-later
# end_to_end.R EPISODES.csv OUTDIR [THREADS]
# The R peer of our main job: fread -> cohort -> Table 1 with SMD -> KM + log-rank -> Cox (Efron, ~45 columns) ->
# propensity logistic -> IPTW Cox with cluster-robust variance -> Aalen-Johansen -> HDF5 + RDS -> 4 PNG plots.
# Prints one line per stage (elapsed, cpu).  Run: /usr/bin/time -v Rscript end_to_end.R data/epis_2000k.csv out/peer
a <- commandArgs(TRUE); f <- a[1]; out <- a[2]; th <- if (length(a) > 2) as.integer(a[3]) else 2L
dir.create(out, FALSE, TRUE)
suppressMessages({library(data.table); library(survival)}); setDTthreads(th)
tot <- proc.time(); last <- tot
stage <- function(nm) {p <- proc.time(); d <- p - last; cat(sprintf("STAGE %-14s elapsed %8.3f cpu %8.3f\n", nm, d[3], d[1]+d[2])); last <<- proc.time()}
d <- fread(f, showProgress = FALSE, na.strings = c("", "-9")); stage("read")
# cohort: first episode of a client that is intensive outpatient (2.1) or inpatient (3.x, 4.0); time to discharge (retention)
# and next admission within 365 days of discharge (relapse proxy); censor at 2021-12-31
end <- as.IDate("2021-12-31")
setkey(d, client_id, admit_date)
d[, next_admit := shift(admit_date, -1L), by = client_id]
d[, arm := fifelse(level_of_care == "ASAM-2.1", 1L, fifelse(level_of_care %chin% c("ASAM-3.1","ASAM-3.5","ASAM-3.7","ASAM-4.0"), 0L, NA_integer_))]
d <- d[!is.na(arm)]
d[, obs_end := fifelse(is.na(discharge_date), end, pmin(discharge_date, end))]
d[, los := pmax(1L, as.integer(obs_end - admit_date))]
d[, status := fifelse(is.na(discharge_date) | discharge_date > end, 0L, fifelse(reason %chin% c("DROPOUT","TERMINATED"), 1L, fifelse(reason == "COMPLETED", 2L, 3L)))]
d <- d[los <= 730]
d[, ev := as.integer(status == 1L)]
cats <- c("race","ethnic","educ","marital","employ","living","primary_sub","route","freq","prior_tx","psych","referral","payer","region","arrests")
for (v in cats) set(d, NULL, v, factor(fifelse(is.na(d[[v]]), 0L, d[[v]])))
d[, sex := factor(sex)]
d[, cid := .GRP, by = client_id]
d <- as.data.frame(d[, c("arm","los","status","ev","cid","age","sex",cats), with = FALSE]); n <- nrow(d); stage("derive")
# Table 1
t1 <- do.call(rbind, lapply(c("age","sex",cats), function(v) {x <- d[[v]]
 if (is.numeric(x)) {m <- tapply(x, d$arm, mean); s <- tapply(x, d$arm, var); data.frame(var=v, level="", iop=m["1"], inp=m["0"], smd=(m["1"]-m["0"])/sqrt(mean(s)))}
 else {p <- prop.table(table(x, d$arm), 2); data.frame(var=v, level=rownames(p), iop=p[,"1"], inp=p[,"0"], smd=(p[,"1"]-p[,"0"])/sqrt((p[,"1"]*(1-p[,"1"])+p[,"0"]*(1-p[,"0"]))/2))}}))
stage("table1")
km <- survfit(Surv(los, ev) ~ arm, d); stage("km")
lr <- survdiff(Surv(los, ev) ~ arm, d); stage("logrank")
fm <- reformulate(c("arm","age","sex",cats), "Surv(los, ev)")
cx <- coxph(fm, d, ties = "efron"); stage("cox")
ps <- glm(reformulate(c("age","sex",cats), "arm"), binomial, d); p <- fitted(ps)
w <- ifelse(d$arm == 1, mean(d$arm)/p, (1-mean(d$arm))/(1-p)); stage("ps_logit")
# R's default, ties='efron', costs O(deaths x n) in the score residuals (survival's coxscore2.c) and does not end at this size;
# the peer takes the feasible 'breslow' unless IPTW_TIES=efron is set
wc <- coxph(Surv(los, ev) ~ arm, d, weights = w, cluster = cid, ties = Sys.getenv("IPTW_TIES", "breslow")); stage("iptw_cox")
wsmd <- sapply(c("age"), function(v) {m <- sapply(0:1, function(k) weighted.mean(d[[v]][d$arm==k], w[d$arm==k])); diff(m)/sd(d[[v]])}); stage("w_smd")
aj <- survfit(Surv(los, factor(status)) ~ arm, d); stage("aalen_johansen")
rmst <- sapply(0:1, function(k) {s <- km[k+1]; t <- c(0, s$time[s$time <= 180], 180); S <- c(1, s$surv[s$time <= 180]); sum(diff(t)*S)})
saveRDS(list(t1=t1, km=km, lr=lr, cox=summary(cx)$coefficients, iptw=summary(wc)$coefficients, aj=list(aj$time, aj$pstate), rmst=rmst), file.path(out, "res.rds"))
if (requireNamespace("hdf5r", quietly = TRUE)) {h <- file.path(out, "res.h5"); unlink(h); g <- hdf5r::H5File$new(h, "w"); for (v in names(d)) g[[v]] <- as.integer(d[[v]]); g[["weight"]] <- w; g[["km_time"]] <- km$time; g[["km_surv"]] <- km$surv; g$close_all()}
stage("write")
pl <- function(n, e) {png(file.path(out, n), 900, 600); e; invisible(dev.off())}
pl("km.png", plot(km, col=1:2)); pl("aj.png", plot(aj, col=1:6)); pl("ps.png", {hist(p[d$arm==1], 60, col="#0000ff55"); hist(p[d$arm==0], 60, add=TRUE, col="#ff000055")}); pl("love.png", dotchart(abs(t1$smd)))
stage("plots")
writeLines(formatC(c(coef(cx), lr$chisq, coef(wc), sqrt(diag(wc$var)), rmst), digits = 17, format = "g"), file.path(out, "key_numbers.txt"))
e <- proc.time() - tot; cat(sprintf("TOTAL n_cohort %d elapsed %.3f cpu %.3f (without R start-up)\n", n, e[3], e[1]+e[2]))
