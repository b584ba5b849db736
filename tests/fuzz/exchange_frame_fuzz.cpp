// Frames of the exchanges: the short way and the general way read the same, and no trade or candle
// gets past the reader that cannot be.
#include "adapters/binance/binance_frame.hpp"
#include "adapters/feed/frame_reader.hpp"
#include "adapters/upbit/upbit_frame.hpp"
#include "fuzz_input.hpp"

using hts::feed::Frame;
using hts::fuzz::require;

namespace {

bool equal(const Frame& left, const Frame& right) {
  if (left.kind != right.kind) return false;
  if (left.kind == Frame::Kind::trade) {
    return left.code == right.code && left.time == right.time && left.trade == right.trade;
  }
  if (left.kind == Frame::Kind::candle) {
    return left.code == right.code && left.candle == right.candle &&
           left.timeframe == right.timeframe && left.is_closed == right.is_closed;
  }
  return left.kind != Frame::Kind::refusal || left.reason == right.reason;
}

void read(hts::feed::ParseFrame parse, hts::feed::ParseFrame generally, std::string_view text,
          const std::string& code) {
  Frame quick;
  Frame general;
  const bool is_read = parse(text, quick);
  require(is_read == generally(text, general));
  require(!is_read || equal(quick, general));

  hts::feed::FrameReader reader(parse, {code});
  hts::ports::FeedBatch batch;
  for (int times = 0; times < 2; ++times) (void)reader.read(text, batch);
  for (const auto& [instrument, trade] : batch.trades) {
    require(instrument == 0 && trade.price > 0 && trade.price <= hts::feed::largest_number &&
            trade.quantity > 0 && trade.quantity <= hts::feed::largest_number);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = hts::fuzz::text_of(data, size);
  read(hts::upbit::parse_frame, hts::upbit::parse_frame_generally, text, "KRW-BTC");
  read(hts::binance::parse_frame, hts::binance::parse_frame_generally, text, "BTCUSDT");
  return 0;
}
