#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "adapters/http/http_message.hpp"
#include "adapters/parquet/candle_files.hpp"
#include "adapters/threads/task_queue.hpp"

namespace hts::http {

/// A file on its way to a client: one block is in memory, which the queue's threads read while the
/// connection waits. A file that cannot be read any more ends early, which the client sees by the
/// length.
class CandleStream final : public ResponseStream,
                           public std::enable_shared_from_this<CandleStream> {
 public:
  /// The queue outlives every call of it. `ticket` is held as long as the stream.
  CandleStream(parquet::OpenCandleFile file, threads::TaskQueue& queue,
               std::shared_ptr<void> ticket);

  bool read(std::string& out) override;
  void beat(std::string&) override {}
  void end(std::string&) override {}
  void listen(std::function<void()> ready) override;

 private:
  /// On a thread of the queue.
  void fetch_block();
  void order_block();

  const parquet::OpenCandleFile file_;
  threads::TaskQueue& queue_;
  const std::shared_ptr<void> ticket_;
  std::mutex mutex_;
  std::function<void()> ready_;
  std::string block_;
  std::uint64_t fetched_ = 0;  ///< bytes
  bool is_broken_ = false;
};

}  // namespace hts::http
