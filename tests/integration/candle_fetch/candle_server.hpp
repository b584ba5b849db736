#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "../candle_samples.hpp"
#include "../http/loopback_client.hpp"
#include "../temporary_folder.hpp"
#include "adapters/http/api.hpp"
#include "adapters/http/candle_downloads.hpp"
#include "adapters/http/io_thread.hpp"
#include "adapters/http/server.hpp"
#include "adapters/parquet/duckdb_formats.hpp"
#include "adapters/parquet/parquet_candle_store.hpp"
#include "engine/runtime/runtime.hpp"

namespace hts::testing {

/// The candle routes of a daemon on a free loopback port, over a catalog of their own.
class CandleServer {
 public:
  /// Sees every request first; true when it has answered it.
  using Intercept = std::function<bool(const http::HttpRequest&, http::Responder&)>;

  explicit CandleServer(Intercept intercept = {});
  ~CandleServer() { sockets_.stop(); }
  CandleServer(const CandleServer&) = delete;
  CandleServer& operator=(const CandleServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }
  [[nodiscard]] const std::filesystem::path& root() const { return folder_.path(); }
  /// `fields` are whole lines.
  [[nodiscard]] http_test::Answer get(const std::string& query, const std::string& fields = {}) {
    http_test::LoopbackClient client{port()};
    return client.exchange("GET /api/data/candles" + query + " HTTP/1.1\r\nHost: test\r\n" +
                           fields + "\r\n");
  }

  /// Puts days of BTC_KRW into the catalog, which may cross years.
  void store_days(const std::string& first, std::size_t count, double shift = 0);

 private:
  TemporaryFolder folder_;

 public:
  parquet::ParquetCandleStore candles{folder_.path()};

 private:
  TemporaryFolder working_folder_;
  std::shared_ptr<parquet::CandleFormat> format_;
  runtime::Runtime runtime_;
  http::IoThread sockets_;
  http::CandleDownloads downloads_;
  http::Router router_;
  std::unique_ptr<http::Server> server_;
};

/// Stores candles of BTC_KRW, or ends the test.
void store_days(ports::CandleStore& store, const std::string& first, std::size_t count,
                double shift = 0);
[[nodiscard]] std::string content_of(const std::filesystem::path& file);

}  // namespace hts::testing
