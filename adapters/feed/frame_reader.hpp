#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/feed/frame.hpp"
#include "adapters/feed/instrument_table.hpp"
#include "engine/ports/market_feed.hpp"

namespace hts::feed {

/// Prices and quantities beyond it are an exchange's mistake: no market comes near, and the ledger
/// could not count with them.
inline constexpr double largest_number = 1e15;

/// What became of the frames of one reader.
struct FrameTally {
  std::uint64_t frames = 0;
  std::uint64_t trades = 0;
  std::uint64_t bytes = 0;
  std::uint64_t malformed = 0;
  std::uint64_t unknown_symbols = 0;
  std::uint64_t refused = 0;  ///< prices or quantities that cannot be
};

/// Turns an exchange's messages into a batch. One a connection; one thread.
///
/// An exchange that does not say when its candle is closed says so by the next one: the reader then
/// gives the one before it once more, closed.
class FrameReader {
 public:
  /// What a message asks of the connection that it came on.
  enum class Verdict : std::uint8_t { read, malformed, shutdown, refusal };

  /// `codes[i]` is the exchange's name of instrument i.
  FrameReader(ParseFrame parse, const std::vector<std::string>& codes);

  /// Appends what the message tells to `batch`.
  [[nodiscard]] Verdict read(std::string_view text, ports::FeedBatch& batch);

  [[nodiscard]] const FrameTally& tally() const noexcept { return tally_; }
  /// Of the last read(): when the exchange sent it; 0 when it does not say.
  [[nodiscard]] time::Timestamp frame_time() const noexcept { return frame_.time; }
  /// Of the last refusal, as the exchange wrote it.
  [[nodiscard]] std::string reason() const { return std::string(frame_.reason); }

 private:
  void take_trade(ports::FeedInstrument instrument, ports::FeedBatch& batch);
  void take_candle(ports::FeedInstrument instrument, ports::FeedBatch& batch);
  void take_ticker(ports::FeedInstrument instrument, ports::FeedBatch& batch);
  void take_quote(ports::FeedInstrument instrument, ports::FeedBatch& batch);

  ParseFrame parse_;
  InstrumentTable instruments_;
  Frame frame_;
  std::vector<std::optional<market::Candle>> open_candles_;  ///< by instrument, of one minute
  FrameTally tally_;
};

}  // namespace hts::feed
