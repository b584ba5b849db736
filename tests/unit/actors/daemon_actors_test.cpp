#include <future>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "actors/backtest_worker.hpp"
#include "actors/ingest.hpp"
#include "actors/notifier.hpp"
#include "actors/scheduler.hpp"
#include "actors/storage.hpp"
#include "engine/backtest/backtest_request.hpp"
#include "engine/runtime/runtime.hpp"
#include "memory_stores.hpp"

namespace hts::actors {
namespace {

using result::ErrorCode;
using runtime::Context;

constexpr std::chrono::seconds patience{60};

/// The daemon's actors over stores in memory, on real threads.
class DaemonActors : public ::testing::Test {
 protected:
  explicit DaemonActors(std::size_t queue_capacity = 2) : queue_capacity_(queue_capacity) {}

  void start() {
    auto& disk = runtime_.lane("disk", 1);
    auto& compute = runtime_.lane("compute", 1);
    const auto notifier = runtime_.spawn<Notifier>(
        "notifier", {}, [](Context& c) { return std::make_unique<Notifier>(c); });
    storage_ = runtime_.spawn<Storage>("storage", phase(2), [this, &disk](Context& c) {
      return std::make_unique<Storage>(c, results_, artifacts_, disk);
    });
    ingest_ = runtime_.spawn<Ingest>("ingest", phase(0), [this, &disk](Context& c) {
      return std::make_unique<Ingest>(c, IngestPorts{candles_, disk});
    });
    const auto worker =
        runtime_.spawn<BacktestWorker>("worker", phase(1), [this, &compute](Context& c) {
          return std::make_unique<BacktestWorker>(
              c, BacktestWorker::Ports{
                     candles_, compute, storage_, "test", "host",
                     [](const backtest::PortfolioRun&, const std::atomic<bool>*) { return "{}"; }});
        });
    scheduler_ =
        runtime_.spawn<Scheduler>("scheduler", phase(0), [this, worker, notifier](Context& c) {
          return std::make_unique<Scheduler>(c,
                                             Scheduler::Ports{{worker}, notifier, queue_capacity_});
        });
    ASSERT_TRUE(runtime_.start().ok());
  }

  static runtime::ActorOptions phase(int number) {
    runtime::ActorOptions options;
    options.shutdown_phase = number;
    return options;
  }

  template <class P, class Query>
  std::future<result::Result<typename Query::Reply>> ask(const runtime::Address<P>& to,
                                                         Query query) {
    auto promise = std::make_shared<std::promise<result::Result<typename Query::Reply>>>();
    auto answer = promise->get_future();
    runtime_.ask(to, std::move(query), patience,
                 [promise](result::Result<typename Query::Reply> reply) {
                   promise->set_value(std::move(reply));
                 });
    return answer;
  }

  static SubmitBacktest submit(const std::string& symbol = "KRW-BTC") {
    backtest::RawBacktestRequest raw;
    raw.strategy = "volume_zone_breakout";
    raw.symbols = {symbol};
    raw.start_date = "2024-01-01";
    raw.end_date = "2024-12-31";
    return {std::make_shared<const backtest::BacktestRequest>(
        backtest::make_backtest_request(raw).value())};
  }

  testing::MemoryCandleStore candles_;
  testing::MemoryResultStore results_;
  testing::MemoryArtifactStore artifacts_;
  std::size_t queue_capacity_;
  runtime::Runtime runtime_{[] {
    runtime::RuntimeOptions options;
    options.threads = 2;
    options.seed = 7;
    return options;
  }()};
  runtime::Address<StorageProtocol> storage_;
  runtime::Address<IngestProtocol> ingest_;
  runtime::Address<SchedulerProtocol> scheduler_;
};

TEST_F(DaemonActors, a_submitted_backtest_is_answered_once_it_is_stored) {
  start();
  const auto run = ask(scheduler_, submit()).get();
  ASSERT_TRUE(run.ok()) << run.error().message;
  EXPECT_EQ((*run)->run_id.size(), 36U);
  EXPECT_EQ((*run)->environment, "test");
  EXPECT_GT((*run)->total_signals, 0U);
  EXPECT_TRUE(results_.find((*run)->run_id).ok());

  const auto found = ask(storage_, FindRun{(*run)->run_id}).get();
  ASSERT_TRUE(found.ok());
  EXPECT_EQ((*found)->symbols[0].report, (*run)->symbols[0].report);
  EXPECT_EQ((*ask(storage_, FindLatestRun{}).get())->run_id, (*run)->run_id);
  EXPECT_EQ(ask(storage_, ListRuns{}).get()->total, 1U);
}

TEST_F(DaemonActors, an_equal_request_gets_the_stored_run_unless_it_wants_a_fresh_one) {
  start();
  const auto first = ask(scheduler_, submit()).get();
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_FALSE((*first)->cached);
  const auto second = ask(scheduler_, submit()).get();
  ASSERT_TRUE(second.ok());
  EXPECT_TRUE((*second)->cached);
  EXPECT_EQ((*second)->run_id, (*first)->run_id);
  EXPECT_EQ(results_.size(), 1U);
  EXPECT_FALSE((*ask(storage_, FindRun{(*first)->run_id}).get())->cached);

  auto fresh = submit();
  auto request = *fresh.request;
  request.fresh = true;
  fresh.request = std::make_shared<const backtest::BacktestRequest>(request);
  const auto third = ask(scheduler_, std::move(fresh)).get();
  ASSERT_TRUE(third.ok());
  EXPECT_FALSE((*third)->cached);
  EXPECT_NE((*third)->run_id, (*first)->run_id);
  EXPECT_EQ((*third)->fingerprint, (*first)->fingerprint);
  EXPECT_EQ(results_.size(), 2U);
}

TEST_F(DaemonActors, a_description_of_its_own_makes_a_run_of_its_own) {
  start();
  const auto first = ask(scheduler_, submit()).get();
  auto other = submit();
  auto request = *other.request;
  request.description = "another";
  other.request = std::make_shared<const backtest::BacktestRequest>(request);
  const auto second = ask(scheduler_, std::move(other)).get();
  ASSERT_TRUE(second.ok());
  EXPECT_NE((*second)->run_id, (*first)->run_id);
}

TEST_F(DaemonActors, a_portfolio_run_is_stored_with_its_document) {
  start();
  backtest::RawBacktestRequest raw;
  raw.mode = "portfolio";
  raw.strategy = "sma_cross";
  raw.symbols = {"KRW-BTC", "KRW-ETH"};
  raw.start_date = "2024-01-01";
  raw.end_date = "2024-12-31";
  const auto run = ask(scheduler_, SubmitBacktest{std::make_shared<const backtest::BacktestRequest>(
                                       backtest::make_backtest_request(raw).value())})
                       .get();
  ASSERT_TRUE(run.ok()) << run.error().message;
  EXPECT_EQ((*run)->document, "{}");
  EXPECT_EQ((*run)->portfolio, nullptr);
  const auto found = ask(storage_, FindRun{(*run)->run_id}).get();
  ASSERT_TRUE(found.ok());
  EXPECT_EQ((*found)->mode, backtest::Mode::portfolio);
  EXPECT_EQ((*found)->document, "{}");
}

TEST_F(DaemonActors, an_unknown_symbol_is_the_clients_error_and_stores_nothing) {
  start();
  const auto run = ask(scheduler_, submit("NOBODY_KRW")).get();
  ASSERT_FALSE(run.ok());
  EXPECT_EQ(run.error().code, ErrorCode::unknown_symbol);
  EXPECT_EQ(run.error().field, "symbols");
  EXPECT_EQ(results_.size(), 0U);
  EXPECT_EQ(ask(scheduler_, GetSchedulerStatus{}).get()->failed, 1U);
}

TEST_F(DaemonActors, a_store_that_fails_fails_the_run_and_leaves_no_index_entry) {
  artifacts_.save_error = result::make_error(ErrorCode::storage, "The disk is full.");
  start();
  const auto run = ask(scheduler_, submit()).get();
  ASSERT_FALSE(run.ok());
  EXPECT_EQ(run.error().code, ErrorCode::storage);
  EXPECT_EQ(results_.size(), 0U);
}

TEST_F(DaemonActors, a_run_that_nobody_wants_is_not_stored_and_its_worker_waits_for_no_disk) {
  artifacts_.close_gate();
  start();
  auto unwanted = runtime_.ask(scheduler_, submit(), patience, [](result::Result<SharedRun>) {});
  artifacts_.wait_for_saves(1);
  EXPECT_EQ(ask(scheduler_, GetSchedulerStatus{}).get()->running, 1U);
  unwanted.cancel();
  // The disk still holds the first; the worker takes the next, which fails before it needs one.
  auto next = submit("NOBODY_KRW");
  auto request = *next.request;
  request.fresh = true;
  next.request = std::make_shared<const backtest::BacktestRequest>(request);
  const auto refused = ask(scheduler_, std::move(next)).get();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::unknown_symbol);
  artifacts_.open_gate();
  EXPECT_TRUE(ask(storage_, ListRuns{}).get()->runs.empty());
  EXPECT_TRUE(artifacts_.list()->empty());
}

TEST_F(DaemonActors, a_run_that_is_over_its_time_while_it_is_stored_frees_its_worker) {
  artifacts_.close_gate();
  start();
  auto slow = submit();
  slow.time_limit = std::chrono::milliseconds{300};
  const auto run = ask(scheduler_, std::move(slow)).get();
  ASSERT_FALSE(run.ok());
  EXPECT_EQ(run.error().code, ErrorCode::cancelled);
  EXPECT_EQ(ask(scheduler_, GetSchedulerStatus{}).get()->running, 0U);
  artifacts_.open_gate();
  EXPECT_TRUE(ask(storage_, ListRuns{}).get()->runs.empty());
}

TEST_F(DaemonActors, missing_runs_are_told_from_stored_ones) {
  start();
  const auto run = ask(scheduler_, submit()).get();
  ASSERT_TRUE(run.ok());
  const auto missing = ask(storage_, FindMissingRuns{{"one", (*run)->run_id, "two"}}).get();
  ASSERT_TRUE(missing.ok());
  EXPECT_EQ(*missing, (std::vector<std::string>{"one", "two"}));
}

TEST_F(DaemonActors, a_full_queue_refuses_at_once_and_the_others_are_answered) {
  candles_.close_gate();
  start();
  std::vector<std::future<result::Result<SharedRun>>> accepted;
  for (const char* symbol : {"KRW-BTC", "KRW-ETH", "KRW-XRP"}) {  // one runs, two wait
    accepted.push_back(ask(scheduler_, submit(symbol)));
  }
  candles_.wait_for_loads(1);
  const auto status = ask(scheduler_, GetSchedulerStatus{}).get();
  EXPECT_EQ(status->running, 1U);
  EXPECT_EQ(status->queued, 2U);

  const auto refused = ask(scheduler_, submit()).get();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);

  candles_.open_gate();
  for (auto& run : accepted) EXPECT_TRUE(run.get().ok());
  EXPECT_EQ(results_.size(), 3U);
  const auto after = ask(scheduler_, GetSchedulerStatus{}).get();
  EXPECT_EQ(after->completed, 3U);
  EXPECT_EQ(after->rejected, 1U);
  EXPECT_EQ(after->running, 0U);
}

TEST_F(DaemonActors, a_stop_answers_what_waits_and_cancels_what_runs) {
  candles_.close_gate();
  start();
  auto running = ask(scheduler_, submit());
  auto waiting = ask(scheduler_, submit());
  candles_.wait_for_loads(1);
  ASSERT_EQ(ask(scheduler_, GetSchedulerStatus{}).get()->queued, 1U);
  runtime_.stop(scheduler_);
  for (auto* request : {&waiting, &running}) {  // both before the gate opens
    const auto refused = request->get();
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  }
  candles_.open_gate();
  const auto report = runtime_.shutdown(patience);
  EXPECT_TRUE(report.clean);
  EXPECT_TRUE(report.survivors.empty());
  EXPECT_EQ(results_.size(), 0U);
}

TEST_F(DaemonActors, artifacts_without_an_index_entry_are_removed_at_start) {
  backtest::BacktestRun orphan;
  orphan.run_id = "0b4c6c0a-0000-4000-8000-000000000000";
  ASSERT_TRUE(artifacts_.save(orphan).ok());
  start();
  // The disk lane is first in, first out: this answer comes after the clean-up.
  ASSERT_TRUE(ask(storage_, ListRuns{}).get().ok());
  EXPECT_TRUE(artifacts_.list()->empty());
}

TEST_F(DaemonActors, ingest_refuses_a_candle_before_its_close) {
  start();
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  auto batch = std::make_shared<market::CandleSeries>(market::make_synthetic_candles(
      {}, today - std::chrono::days{1}, market::Timeframe::day(), 2, 1));
  const auto written = ask(ingest_, StoreCandles{market::Symbol::parse("KRW-BTC").value(),
                                                 market::Timeframe::day(), batch})
                           .get();
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, ErrorCode::invalid);
  EXPECT_NE(written.error().message.find("has not closed yet"), std::string::npos);
  EXPECT_TRUE(candles_.years().empty());
}

TEST_F(DaemonActors, ingest_writes_each_year_of_a_batch_in_one_commit) {
  start();
  const auto december = time::parse_iso8601("2023-12-30").value();
  auto batch = std::make_shared<market::CandleSeries>(
      market::make_synthetic_candles({}, december, market::Timeframe::day(), 10, 1));
  const auto written = ask(ingest_, StoreCandles{market::Symbol::parse("KRW-BTC").value(),
                                                 market::Timeframe::day(), batch})
                           .get();
  ASSERT_TRUE(written.ok()) << written.error().message;
  EXPECT_EQ(written->added, 10U);
  EXPECT_EQ(candles_.years(), (std::map<int, std::size_t>{{2023, 2}, {2024, 8}}));
}

}  // namespace
}  // namespace hts::actors
