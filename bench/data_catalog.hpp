#pragma once

/// All of these are wall time, what a user waits.

/// Seconds to load a million 1m candles of three calendar years from the Parquet
/// catalog, files in the page cache and the reader open: the median of 15 loads. Checks what it
/// loaded; exits with a sentence when the catalog fails.
double measure_catalog_load_1m();
/// Seconds to write the same candles into an empty catalog, synced: the median of 5
/// writes.
double measure_catalog_write_1m();
/// Seconds to load one day from the middle of a year of minutes: the median of 15
/// loads.
double measure_catalog_load_day();
