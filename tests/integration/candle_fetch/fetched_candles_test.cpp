#include "adapters/candle_fetch/fetched_candles.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "candle_server.hpp"

namespace hts::testing {
namespace {

using candle_fetch::FetchedCandles;
using candle_fetch::RemoteCatalog;
using result::ErrorCode;

const time::TimeRange whole_years{time::utc_year_begin(2023), time::utc_year_begin(2025)};

/// One machine with a catalog and a cache of its own.
class Machine {
 public:
  explicit Machine(const std::string& daemon) : daemon_(daemon) { restart(); }

  /// Nothing is remembered but what is on the disk.
  void restart() {
    own = std::make_shared<parquet::ParquetCandleStore>(own_folder.path());
    const auto cache = std::make_shared<parquet::ParquetCandleStore>(cache_folder.path());
    candles = std::make_unique<FetchedCandles>(
        RemoteCatalog::at(daemon_).value(),
        FetchedCandles::Places{own, own_folder.path(), cache, cache_folder.path()},
        disk::system_disk(), [this](const std::string&) { ++downloads; });
  }
  result::Result<market::CandleSeries> load(const std::atomic<bool>* cancel = nullptr) {
    return candles->load(symbol("BTC_KRW"), market::Timeframe::day(), whole_years, cancel);
  }
  [[nodiscard]] std::vector<std::string> cached() const {
    std::vector<std::string> names;
    const auto folder = cache_folder.path() / "BTC_KRW" / "1d";
    if (!std::filesystem::exists(folder)) return names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  TemporaryFolder own_folder;
  TemporaryFolder cache_folder;
  std::atomic<int> downloads{0};
  std::shared_ptr<parquet::ParquetCandleStore> own;
  std::unique_ptr<FetchedCandles> candles;

 private:
  const std::string daemon_;
};

double first_close(const result::Result<market::CandleSeries>& loaded) {
  return loaded && !loaded->view().empty() ? loaded->view().close[0] : -1;
}

TEST(FetchedCandles, come_from_the_daemon_once) {
  CandleServer server;
  server.store_days("2023-12-01T00:00:00Z", 60);
  Machine machine(server.url());
  const auto loaded = machine.load();
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->view().size(), 60U);
  EXPECT_EQ(machine.downloads, 2);
  EXPECT_EQ(machine.cached(), (std::vector<std::string>{"2023.parquet", "2024.parquet"}));
  machine.restart();
  ASSERT_TRUE(machine.load());
  EXPECT_EQ(machine.downloads, 2);
}

TEST(FetchedCandles, are_those_of_the_own_catalog_when_it_has_the_same) {
  CandleServer server;
  server.store_days("2023-12-01T00:00:00Z", 60);
  Machine machine(server.url());
  std::filesystem::copy(server.root(), machine.own_folder.path(),
                        std::filesystem::copy_options::recursive);
  ASSERT_TRUE(machine.load());
  EXPECT_EQ(machine.downloads, 0);
}

TEST(FetchedCandles, are_the_daemons_when_the_own_catalog_has_others) {
  CandleServer server;
  server.store_days("2023-12-01T00:00:00Z", 60);
  Machine machine(server.url());
  store_days(*machine.own, "2023-12-01T00:00:00Z", 60, 1000);
  EXPECT_EQ(first_close(machine.load()), 1000.5);
  EXPECT_EQ(machine.downloads, 2);
  EXPECT_EQ(first_close(machine.own->load(symbol("BTC_KRW"), market::Timeframe::day(), {})),
            2000.5);
}

TEST(FetchedCandles, follow_what_the_daemon_replaces_and_removes) {
  CandleServer server;
  server.store_days("2023-12-01T00:00:00Z", 60);
  Machine machine(server.url());
  ASSERT_TRUE(machine.load());
  server.store_days("2023-12-01T00:00:00Z", 31, 5);
  machine.restart();
  EXPECT_EQ(first_close(machine.load()), 1005.5);
  EXPECT_EQ(machine.downloads, 3);
  std::filesystem::remove(server.root() / "BTC_KRW" / "1d" / "2024.parquet");
  machine.restart();
  EXPECT_EQ(machine.load()->view().size(), 31U);
  EXPECT_EQ(machine.cached(), std::vector<std::string>{"2023.parquet"});
}

TEST(FetchedCandles, are_the_own_ones_while_the_daemon_is_away) {
  std::string nobody;
  {
    const CandleServer gone;
    nobody = gone.url();
  }
  Machine machine(nobody);
  const auto failed = machine.load();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::network);
  EXPECT_NE(failed.error().message.find(nobody), std::string::npos) << failed.error().message;
  EXPECT_NE(failed.error().message.find("has no candles of BTC_KRW"), std::string::npos)
      << failed.error().message;
  store_days(*machine.own, "2023-12-01T00:00:00Z", 60);
  EXPECT_TRUE(machine.load());
}

TEST(FetchedCandles, are_the_own_ones_when_the_daemon_has_none) {
  CandleServer server;
  Machine machine(server.url());
  const auto failed = machine.load();
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().message.find("has none"), std::string::npos) << failed.error().message;
  store_days(*machine.own, "2023-12-01T00:00:00Z", 60);
  EXPECT_TRUE(machine.load());
}

TEST(FetchedCandles, that_are_not_what_was_listed_are_not_kept) {
  CandleServer server([](const http::HttpRequest& request, http::Responder& responder) {
    if (request.query.find("year=2024") == std::string_view::npos) return false;
    http::Response other;
    other.body = "something else";
    responder.send(std::move(other));
    return true;
  });
  server.store_days("2023-12-01T00:00:00Z", 60);
  Machine machine(server.url());
  const auto failed = machine.load();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::conflict);
  EXPECT_EQ(machine.cached(), std::vector<std::string>{"2023.parquet"});
}

TEST(FetchedCandles, say_when_the_address_is_not_a_daemons) {
  CandleServer server([](const http::HttpRequest&, http::Responder& responder) {
    responder.send(http::json_response(200, "<html>"));
    return true;
  });
  Machine machine(server.url());
  const auto failed = machine.load();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::malformed);
  EXPECT_NE(failed.error().message.find("--daemon"), std::string::npos);
  for (const char* address :
       {"localhost:8000", "http://", "ftp://x", "http://a@b:1", "http://x/?q"}) {
    EXPECT_FALSE(RemoteCatalog::at(address)) << address;
  }
}

TEST(FetchedCandles, that_nobody_wants_any_more_are_left_at_once) {
  std::mutex mutex;
  std::vector<http::Responder> silent;
  CandleServer server([&](const http::HttpRequest&, http::Responder& responder) {
    const std::scoped_lock lock(mutex);
    silent.push_back(std::move(responder));
    return true;
  });
  Machine machine(server.url());
  std::atomic<bool> cancelled{false};
  std::jthread user([&] {
    for (;;) {
      const std::scoped_lock lock(mutex);
      if (!silent.empty()) break;
      std::this_thread::yield();
    }
    cancelled = true;
  });
  const auto failed = machine.load(&cancelled);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::cancelled);
  const std::scoped_lock lock(mutex);
  silent.clear();
}

TEST(FetchedCandles, are_downloaded_once_for_many) {
  CandleServer server;
  server.store_days("2023-12-01T00:00:00Z", 60);
  Machine machine(server.url());
  std::atomic<int> loaded{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] { loaded += machine.load().ok() ? 1 : 0; });
    }
  }
  EXPECT_EQ(loaded, 8);
  EXPECT_EQ(machine.downloads, 2);
}

}  // namespace
}  // namespace hts::testing
