#include "adapters/sqlite/sqlite_candle_tail.hpp"

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "../candle_tail_suite.hpp"
#include "../disk_operations.hpp"
#include "../temporary_folder.hpp"
#include "adapters/simulation/simulated_disk.hpp"
#include "adapters/sqlite/sqlite_alert_outbox.hpp"

namespace hts::testing {
namespace {

using ports::CandleTail;
using simulation::SimulatedDisk;
using sqlite::SqliteCandleTail;

class TailFile final : public TailPlace {
 public:
  std::unique_ptr<CandleTail> open() override {
    auto tail = SqliteCandleTail::open(folder_.path() / "new" / "live.sqlite");
    if (!tail) throw std::runtime_error(tail.error().message);
    return *std::move(tail);
  }

 private:
  TemporaryFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, CandleTailSuite,
                         ::testing::Values([] { return std::make_unique<TailFile>(); }));

TEST(SqliteCandleTail, shares_its_file_with_the_other_stores_of_live_trading) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "live.sqlite";
  auto outbox = sqlite::SqliteAlertOutbox::open(path);
  auto tail = SqliteCandleTail::open(path);
  ASSERT_TRUE(outbox.ok() && tail.ok());
  EXPECT_TRUE((*tail)->append({tail_bar(0)}));
  EXPECT_TRUE((*outbox)->unrouted(1));
}

TEST(SqliteCandleTail, alerts_of_a_bar_are_in_the_outbox_once) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "live.sqlite";
  auto outbox = sqlite::SqliteAlertOutbox::open(path);
  auto tail = SqliteCandleTail::open(path);
  ASSERT_TRUE(outbox.ok() && tail.ok());
  ports::TailBar bar = tail_bar(0);
  ports::Alert alert;
  alert.id = "feed_gap:1";
  alert.kind = "feed_gap";
  alert.severity = "warning";
  alert.subject = "Minutes are missing";
  alert.text = "Two of them.";
  alert.created_at = tail_noon;
  bar.alerts = {alert};
  EXPECT_TRUE((*tail)->append({bar}));
  // Its answer was lost.
  EXPECT_TRUE((*tail)->append({bar}));
  const auto waiting = (*outbox)->unrouted(10);
  ASSERT_TRUE(waiting.ok());
  EXPECT_EQ(*waiting, std::vector{alert});
}

// --- on a simulated disk: a power failure at every operation ---

std::unique_ptr<CandleTail> open_tail(const std::shared_ptr<SimulatedDisk>& disk) {
  auto tail = SqliteCandleTail::open(
      "/var/lib/hts/live.sqlite",
      std::make_shared<sqlite::DiskVfs>(
          disk, sqlite::DiskVfsSources{[] { return std::int64_t{1'700'000'000'000}; },
                                       [] { return std::uint64_t{7}; }}));
  return tail ? std::move(*tail) : nullptr;
}

using TailStep = std::function<result::Status(CandleTail&)>;

std::vector<TailStep> tail_steps() {
  return {
      [](CandleTail& tail) { return tail.append({tail_bar(0)}); },
      [](CandleTail& tail) { return tail.append({tail_bar(1), tail_bar(2)}); },
      [](CandleTail& tail) { return tail.drop(tail_btc, tail_candle(1).open_time); },
      [](CandleTail& tail) { return tail.drop(tail_eth, tail_candle(1).open_time); },
      [](CandleTail& tail) { return tail.append({tail_bar(3)}); },
  };
}

std::string tail_content(CandleTail& tail) {
  std::string text;
  const auto all = tail.held();
  for (const auto& held : *all) {
    const auto series = tail.load(held.symbol, {});
    text += held.symbol.text();
    for (const auto opens : series->open_time) text += " " + time::format_iso8601(opens);
    text += "\n";
  }
  return text;
}

TEST(SqliteCandleTailOnSimulatedDisk,
     a_power_failure_leaves_every_step_whole_and_keeps_those_that_returned) {
  std::vector<std::string> contents;
  std::uint64_t operations = 0;
  {
    auto disk = std::make_shared<SimulatedDisk>(1);
    auto tail = open_tail(disk);
    ASSERT_NE(tail, nullptr);
    contents.push_back(tail_content(*tail));
    for (const TailStep& step : tail_steps()) {
      ASSERT_TRUE(step(*tail));
      contents.push_back(tail_content(*tail));
    }
    operations = disk->operations();
  }
  ASSERT_GT(operations, 20U);
  for (std::uint64_t at = 1; at <= operations; at += disk_operations_a_step) {
    auto disk = std::make_shared<SimulatedDisk>(at);
    disk->crash_after(at - 1);
    std::size_t done = 0;
    if (auto tail = open_tail(disk)) {
      for (const TailStep& step : tail_steps()) {
        if (!step(*tail)) break;
        ++done;
      }
    }
    disk->crash();
    disk->reboot();
    auto tail = open_tail(disk);
    ASSERT_NE(tail, nullptr) << "operation " << at;
    const std::string content = tail_content(*tail);
    const bool is_whole =
        content == contents[done] || (done + 1 < contents.size() && content == contents[done + 1]);
    EXPECT_TRUE(is_whole) << "operation " << at << ", " << done << " steps\n" << content;
  }
}

}  // namespace
}  // namespace hts::testing
