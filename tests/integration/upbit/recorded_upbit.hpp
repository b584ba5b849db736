#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/time/timestamp.hpp"

namespace hts::upbit {

/// What the server does wrong with one request.
enum class Fault {
  none,
  too_many_requests,             ///< 429
  too_many_requests_wait_seven,  ///< 429 with Retry-After: 7
  server_error,                  ///< 500
  not_json,                      ///< 200 with a page of HTML
  cut_off_body,                  ///< a Content-Length larger than what comes
  stall,                         ///< no answer until the client gives up
  hang_up,                       ///< closes in the middle of the head
  same_page_again,               ///< ignores `to`
  other_market,                  ///< candles of KRW-ETH
  huge_body,                     ///< 5 MB
};

/// Upbit's candle endpoints on a free port of the loopback, answering from given candles as Upbit
/// does: newest first, at most `count`, all before `to`. Faults are ordered by the test. Its own
/// thread serves; the members may be called from the test's.
class RecordedUpbit {
 public:
  RecordedUpbit();
  RecordedUpbit(const RecordedUpbit&) = delete;
  RecordedUpbit& operator=(const RecordedUpbit&) = delete;
  ~RecordedUpbit();

  [[nodiscard]] std::string base_url() const;

  /// Adds the candles of a recorded page (the JSON text of each is kept) to an endpoint's path.
  void add_page(const std::string& path, const std::filesystem::path& page);
  /// Adds a made-up candle.
  void add_candle(const std::string& path, time::Timestamp open_time, double price);
  /// The next requests go wrong in this order.
  void order(std::vector<Fault> faults);
  /// Targets of all requests so far, those with faults included.
  [[nodiscard]] std::vector<std::string> requests() const;

 private:
  struct Listener;

  void serve();
  [[nodiscard]] std::string answer(const std::string& target, Fault fault) const;
  [[nodiscard]] std::string page(const std::string& target, Fault fault) const;

  mutable std::mutex mutex_;
  std::map<std::string, std::map<time::Timestamp, std::string>> candles_;
  std::deque<Fault> faults_;
  std::vector<std::string> requests_;
  std::unique_ptr<Listener> listener_;
  std::thread thread_;
};

}  // namespace hts::upbit
