#include "adapters/job_kinds/job_kinds.hpp"

#include <atomic>
#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/http/run_request.hpp"
#include "adapters/job_kinds/search_request.hpp"
#include "adapters/json/sweep_json.hpp"
#include "engine/backtest/validation/window_length.hpp"
#include "engine/market/synthetic_candles.hpp"

namespace hts::job_kinds {
namespace {

using result::ErrorCode;

/// A synthetic year of days for every symbol.
class SyntheticCandles final : public ports::CandleStore {
 public:
  result::Result<market::CandleSeries> load(const market::Symbol& symbol,
                                            market::Timeframe timeframe, time::TimeRange range,
                                            const std::atomic<bool>* cancel = nullptr) override {
    if (ports::is_cancelled(cancel)) return ports::cancelled_load();
    if (symbol.base() == "NOBODY") {
      return result::make_error(ErrorCode::unknown_symbol, "Nobody has it.", "symbols");
    }
    const std::uint64_t seed = symbol.base().size();
    return market::make_synthetic_candles({}, range.begin, timeframe, 366, seed);
  }
  result::Result<std::unique_ptr<ports::CandleWrite>> begin_write(const market::Symbol&,
                                                                  market::Timeframe) override {
    return result::make_error(ErrorCode::storage, "Only read.");
  }
  result::Result<std::vector<ports::CatalogFile>> inventory() override {
    return std::vector<ports::CatalogFile>{};
  }
};

KindOptions options() {
  KindOptions kinds;
  kinds.parse_backtest = [](std::string_view body) -> result::Result<backtest::BacktestRequest> {
    auto parsed = http::parse_run_request(body);
    if (!parsed) return std::move(parsed).error();
    return backtest::make_backtest_request(parsed->backtest);
  };
  return kinds;
}

constexpr const char* data =
    R"("strategy": "sma_cross", "symbols": ["KRW-BTC", "KRW-DOGE"],
       "start_date": "2024-01-01", "end_date": "2024-12-31",
       "portfolio": {"size": "percent:20", "commission": 0.001})";

std::string asked(const std::string& more) {
  return "{" + std::string{data} + ", " + more + "}";
}

jobs::JobRecord record(std::string kind, std::string request) {
  jobs::JobRecord record;
  record.job.id = jobs::JobId{1, 2};
  record.job.kind = std::move(kind);
  record.job.request = std::move(request);
  return record;
}

class JobKinds : public ::testing::Test {
 protected:
  result::Result<actors::WorkDone> done(const jobs::JobRecord& job,
                                        const std::vector<std::string>* parts = nullptr) {
    auto work = understanding(options())(job);
    if (!work) return std::move(work).error();
    return std::get<actors::ComputedWork>(*work).compute({candles_, parts, control_});
  }
  /// Fans out, does the parts and puts them together.
  std::string done_in_parts(const std::string& kind, const std::string& request,
                            std::size_t fewest_parts) {
    const auto whole = record(kind, request);
    const auto fanned_out = done(whole);
    EXPECT_TRUE(fanned_out) << fanned_out.error().message;
    if (!fanned_out) return {};
    EXPECT_GE(fanned_out->parts.size(), fewest_parts);
    std::vector<std::string> outputs;
    for (const jobs::NewJob& part : fanned_out->parts) {
      EXPECT_EQ(part.kind, kind + "_part");
      const auto output = done(record(part.kind, part.request));
      EXPECT_TRUE(output) << output.error().message;
      if (output) outputs.push_back(output->output);
    }
    const auto joined = done(whole, &outputs);
    EXPECT_TRUE(joined) << joined.error().message;
    return joined ? joined->output : std::string{};
  }
  SearchRequest understood(SearchKind kind, const std::string& request) {
    return read_search(options().parse_backtest, kind, read_object(request).value()).value();
  }
  std::vector<market::CandleSeries> series(const SearchRequest& search) {
    std::vector<market::CandleSeries> all;
    for (const auto& symbol : search.sweep.plan.symbols) {
      all.push_back(candles_.load(symbol, search.timeframe, search.range).value());
    }
    return all;
  }

  SyntheticCandles candles_;
  backtest::StudyControl control_;
};

TEST_F(JobKinds, a_sweep_in_parts_is_the_document_of_the_sweep) {
  const auto request =
      asked(R"("params": {"fast": "3:20", "slow": [25, 30, 40, 50, 60, 70, 80, 90]}, "top": 5)");
  const auto search = understood(SearchKind::sweep, request);
  const auto candles = series(search);
  const std::vector<market::CandleView> views = {candles[0].view(), candles[1].view()};
  const auto results = backtest::run_sweep(search.sweep, views, backtest::one_worker());
  ASSERT_TRUE(results) << results.error().message;
  const auto verdict = backtest::judge_winner(search.sweep, *results, views, search.verdict);
  ASSERT_TRUE(verdict) << verdict.error().message;
  EXPECT_EQ(done_in_parts("sweep", request, 2),
            json::sweep_to_text(search.sweep, *results, *verdict));
}

TEST_F(JobKinds, a_short_sweep_does_not_fan_out) {
  const auto request = asked(R"("params": {"fast": "3:8", "slow": 30})");
  const auto answer = done(record("sweep", request));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_TRUE(answer->parts.empty());
  EXPECT_NE(answer->output.find("\"combinations\":6"), std::string::npos) << answer->output;
}

TEST_F(JobKinds, a_walk_in_parts_is_the_document_of_the_walk) {
  const auto request = asked(
      R"("params": {"fast": "3:6", "slow": [20, 30]}, "train": "40%", "test": 30, "anchored": true)");
  const auto search = understood(SearchKind::walk_forward, request);
  const auto candles = series(search);
  const std::vector<market::CandleView> views = {candles[0].view(), candles[1].view()};
  const std::size_t bars = backtest::count_bars(views);
  const backtest::WalkForwardRequest walk{
      search.sweep, backtest::WindowLength::parse(search.train, "train")->bars(bars), 30, true};
  const auto result = backtest::walk_forward(walk, views, backtest::one_worker());
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(done_in_parts("walk_forward", request, 4), json::walk_forward_to_text(walk, *result));
}

TEST_F(JobKinds, a_search_ends_when_cancelled) {
  const std::atomic<bool> cancel{true};
  control_.cancel = &cancel;
  const auto answer =
      done(record("sweep", asked(R"("params": {"fast": "3:30", "slow": "40:60"})")));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::cancelled);
}

TEST_F(JobKinds, a_wrong_search_is_refused_with_its_field_before_it_is_queued) {
  const auto field = [](const char* kind, const std::string& request) {
    const auto checked = validate(options(), kind, request);
    return checked ? std::string{"accepted"} : checked.error().field;
  };
  EXPECT_EQ(field("sweep", asked(R"("params": {"fast": "3:20"})")), "accepted");
  EXPECT_EQ(field("sweep", asked(R"("params": {"fats": 3})")), "params.fats");
  EXPECT_EQ(field("sweep", asked(R"("params": {"fast": {}})")), "params.fast");
  EXPECT_EQ(field("sweep", asked(R"("by": "luck")")), "by");
  EXPECT_EQ(field("sweep", asked(R"("top": 0)")), "top");
  EXPECT_EQ(field("sweep", asked(R"("random": -1)")), "random");
  EXPECT_EQ(field("sweep", asked(R"("strategies": ["macd"])")), "strategies");
  EXPECT_EQ(field("sweep", asked(R"("params": {"fast": "2:500", "slow": "2:5000"})")), "params");
  EXPECT_EQ(field("sweep", R"({"strategy": "sma_cross"})"), "symbols");
  EXPECT_EQ(field("sweep", "[]"), "request");
  EXPECT_EQ(field("walk_forward", asked(R"("test": 10)")), "train");
  EXPECT_EQ(field("walk_forward", asked(R"("train": "lots", "test": 10)")), "train");
  EXPECT_EQ(field("walk_forward", asked(R"("train": 0.4, "test": "10%")")), "accepted");
}

TEST_F(JobKinds, only_kinds_that_are_offered_are_taken_from_clients) {
  KindOptions kinds = options();
  for (const char* kind : {"noop", "sweep_part", "walk_forward_part", "other", ""}) {
    const auto checked = validate(kinds, kind, "{}");
    ASSERT_FALSE(checked) << kind;
    EXPECT_EQ(checked.error().field, "kind");
  }
  kinds.allow_noop = true;
  EXPECT_TRUE(validate(kinds, "noop", "{}"));
  EXPECT_TRUE(validate(kinds, "backtest",
                       R"({"strategy": "sma_cross", "symbols": ["KRW-BTC"], "mode": "portfolio",
                           "start_date": "2024-01-01", "end_date": "2024-12-31"})"));
}

TEST_F(JobKinds, a_worker_says_when_it_does_not_know_a_kind) {
  const auto work = understanding(options())(record("of the future", "{}"));
  ASSERT_FALSE(work);
  EXPECT_EQ(work.error().code, ErrorCode::not_found);
  EXPECT_EQ(work.error().field, "kind");
}

}  // namespace
}  // namespace hts::job_kinds
