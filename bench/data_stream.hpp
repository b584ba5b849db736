#pragma once

/// A hundred million candles from the catalog through a strategy.
struct StreamFigures {
  double candles_a_second = 0;
  double peak_megabytes = 0;  ///< resident memory of the process that streams, at its highest
};

/// Ten symbols of ten million minutes (19 years) each are written once, by a process of their own,
/// to a temporary folder: about 5 GB, which are removed again. Then every symbol is streamed
/// through `volume_long_candle` to its statistics, files in the page cache, on one thread; wall
/// time with everything from opening the store on. Exits with a sentence when there is too little
/// room or the answer is wrong. To be called first: memory of the caller counts.
[[nodiscard]] StreamFigures measure_stream_100m();
