# SPDX-License-Identifier: GPL-3.0-or-later
# Rscript fread.R FILE.csv THREADS: prints the seconds that data.table::fread took, without those of starting R.
arguments <- commandArgs(TRUE)
suppressMessages(library(data.table))
setDTthreads(as.integer(arguments[2]))
cat(sprintf("%.4f\n", system.time(rows <- fread(arguments[1], showProgress = FALSE))[["elapsed"]]))
