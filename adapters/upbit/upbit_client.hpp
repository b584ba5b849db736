#pragma once

#include <cstdint>
#include <string>

#include "adapters/feed/rest_client.hpp"
#include "adapters/upbit/upbit_page.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::upbit {

struct ClientOptions : feed::RestOptions {
  ClientOptions() { base_url = "https://api.upbit.com"; }
};

/// Upbit's public candle endpoints, one page a call, paced and retried. Blocking; one thread.
class UpbitClient {
 public:
  static constexpr int candles_a_page = 200;

  explicit UpbitClient(ClientOptions options) : rest_(std::move(options), "Upbit") {}

  /// Up to 200 candles that open before `before`, newest first. Errors: those of RestClient::ask;
  /// malformed when they are of another market.
  [[nodiscard]] result::Result<UpbitPage> page_before(const market::Symbol& symbol,
                                                      market::Timeframe timeframe,
                                                      time::Timestamp before);

  [[nodiscard]] time::Timestamp now() const { return rest_.now(); }
  [[nodiscard]] bool cancelled() const { return rest_.cancelled(); }
  /// Requests made so far, and how many of them were repetitions.
  [[nodiscard]] std::uint64_t requests() const noexcept { return rest_.requests(); }
  [[nodiscard]] std::uint64_t retries() const noexcept { return rest_.retries(); }

 private:
  feed::RestClient rest_;
};

/// `{base}/v1/candles/minutes/3?market=KRW-BTC&to=2020-02-20T11:20:00Z&count=200`.
[[nodiscard]] std::string page_url(const std::string& base_url, const market::Symbol& symbol,
                                   market::Timeframe timeframe, time::Timestamp before);

}  // namespace hts::upbit
