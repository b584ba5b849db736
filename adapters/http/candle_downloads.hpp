#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "adapters/http/responder.hpp"
#include "adapters/parquet/candle_files.hpp"
#include "adapters/parquet/candle_format.hpp"
#include "adapters/threads/task_queue.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::http {

/// Which candles a client asks for.
struct CandleQuery {
  market::Symbol symbol;
  market::Timeframe timeframe;
  time::TimeRange range;
  std::optional<int> year;  ///< the file of this year as it lies there
};

/// The catalog's candles as files for other machines. Everything that may block happens on two
/// threads of its own, so that neither actors nor connections wait for a disk; a client holds one
/// block of memory, whatever it downloads and however slowly.
///
/// Declared after the io_context and before the server, so that it stops before what its answers go
/// to. Thread-safe.
class CandleDownloads {
 public:
  struct Places {
    std::filesystem::path data_root;
    ports::CandleStore& candles;  ///< of that folder; outlives this
    std::shared_ptr<parquet::CandleFormat> format;
    std::filesystem::path working_folder;  ///< for files without a name
  };

  explicit CandleDownloads(Places places);

  /// The years that there are, as JSON: 404 when there is none.
  void list(CandleQuery query, Responder responder);
  /// Parquet; 304 when the client has it. 404, 413, and 503 when too many download.
  void send(CandleQuery query, Responder responder);

  /// Downloads end early. False when a disk holds a thread for longer than that; the destructor
  /// would wait for it.
  [[nodiscard]] bool stop(std::chrono::milliseconds patience) { return queue_.stop(patience); }

 private:
  void post(Responder responder, std::function<void(Responder&)> answer);
  [[nodiscard]] result::Result<parquet::OpenCandleFile> open(const CandleQuery& query);

  const Places places_;
  parquet::CandleFiles files_;
  const std::shared_ptr<void> tickets_;  ///< a copy a download
  std::mutex extracting_;                ///< one range at a time is in memory
  threads::TaskQueue queue_;
};

}  // namespace hts::http
