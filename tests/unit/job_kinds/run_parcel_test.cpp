#include "adapters/job_kinds/run_parcel.hpp"

#include <string>

#include <gtest/gtest.h>

#include "engine/json/json_text.hpp"

namespace hts::job_kinds {
namespace {

backtest::BacktestRun run_described(const std::string& description) {
  backtest::BacktestRun run;
  run.run_id = "4aecac24-5450-434b-8994-84fc67f6d94d";
  run.strategy = "sma_cross";
  run.description = description;
  run.parameters = {{"fast", std::int64_t{5}}, {"share", 0.1}};
  backtest::SymbolResult symbol{market::Symbol::parse("BTC_KRW").value(), true, {}};
  symbol.report.trades.push_back(
      {3, 4, time::from_milliseconds(1), time::from_milliseconds(2), 10, 11, 10.0, 0.75});
  run.symbols.push_back(std::move(symbol));
  return run;
}

TEST(RunParcel, a_run_comes_out_as_it_was_put_in) {
  // Of every length that base64 treats in its own way.
  for (std::size_t length = 0; length < 8; ++length) {
    const auto run = run_described(std::string(length, '\xff'));
    const std::string text = pack_run(run);
    EXPECT_TRUE(json::parse_json(text)) << text;
    const auto back = unpack_run(text);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->run_id, run.run_id);
    EXPECT_EQ(back->description, run.description);
    EXPECT_EQ(back->parameters, run.parameters);
    ASSERT_EQ(back->symbols.size(), 1U);
    EXPECT_EQ(back->symbols[0].report, run.symbols[0].report);
  }
}

TEST(RunParcel, anything_else_is_refused) {
  const std::string text = pack_run(run_described("x"));
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    EXPECT_FALSE(unpack_run(text.substr(0, cut))) << cut;
  }
  for (const char* other :
       {"", "{}", R"({"run":"===="})", R"({"run":"A=AA"})", R"({"run":"$$$$"})", R"({"run":""})"}) {
    EXPECT_FALSE(unpack_run(other)) << other;
  }
}

}  // namespace
}  // namespace hts::job_kinds
