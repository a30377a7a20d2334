// SPDX-License-Identifier: GPL-3.0-or-later
// node duckdb.js FILE.csv THREADS: prints the seconds that DuckDB's read_csv took to fill a table in memory.
const {DuckDBInstance} = require('@duckdb/node-api');
(async () => {
    const [file, threads] = process.argv.slice(2);
    const instance = await DuckDBInstance.create(':memory:', {threads});
    const connection = await instance.connect();
    const start = process.hrtime.bigint();
    await connection.run(`create table t as select * from read_csv('${file.replaceAll("'", "''")}')`);
    console.log((Number(process.hrtime.bigint() - start) / 1e9).toFixed(4));
})();
