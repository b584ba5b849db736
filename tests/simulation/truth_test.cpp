#include "config/simulation/truth.hpp"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace hts::simulation {
namespace {

constexpr const char* run_id = "11111111-1111-4111-8111-111111111111";

class TruthTest : public ::testing::Test {
 protected:
  TruthTest() {
    backtest::RawBacktestRequest raw;
    raw.strategy = "volume_zone_breakout";
    raw.symbols = {"BTC_KRW"};
    raw.start_date = "2023-06-01";
    raw.end_date = "2023-12-20";
    backtest = truth.make_backtest(raw);
  }

  /// What the daemon would answer.
  [[nodiscard]] std::string answer(const std::string& id = run_id) const {
    return R"({"run_id":")" + id + R"(","symbols":)" + backtest.expected +
           R"(,"execution_time":0.5})";
  }
  [[nodiscard]] std::string with_flag_off() const {
    std::string text = answer();
    const std::string on = R"("is_active":true)";
    return text.replace(text.find(on), on.size(), R"("is_active":false)");
  }
  [[nodiscard]] std::string violated() const {
    return referee.violation() ? referee.violation()->invariant : "nothing";
  }

  Referee referee;
  Market market{1, 2, time::Timestamp{std::chrono::seconds{1'704'067'200}}};
  Truth truth{referee, market};
  KnownBacktest backtest;
};

TEST_F(TruthTest, the_answer_of_the_engine_alone_is_right) {
  EXPECT_NE(backtest.expected.find("\"signals\":[{"), std::string::npos);
  truth.run_answered(backtest, answer(), 0);
  truth.run_read(answer(), 0);
  EXPECT_EQ(violated(), "nothing");
  EXPECT_EQ(truth.run_ids().size(), 1U);
}

TEST_F(TruthTest, another_answer_than_the_engine_gives_is_noticed) {
  std::string wrong = answer();
  wrong.replace(wrong.find("\"win_rate\":") + 11, 1, "9");
  truth.run_answered(backtest, wrong, 0);
  EXPECT_EQ(violated(), "run_is_right");
}

TEST_F(TruthTest, a_stored_run_may_answer_whoever_does_not_want_a_fresh_one) {
  std::string cached = with_flag_off();
  cached.insert(cached.size() - 1, ",\"cached\":true");
  truth.run_answered(backtest, answer(), 0);
  ASSERT_TRUE(truth.flag_asked(run_id, "BTC_KRW", false));
  truth.flag_answered(run_id, "BTC_KRW", false, true);
  truth.run_answered(backtest, cached, 1);
  EXPECT_EQ(violated(), "nothing");
  truth.run_answered(backtest, cached, 1, true);
  EXPECT_EQ(violated(), "fresh_means_fresh");
}

TEST_F(TruthTest, a_run_answered_to_two_requests_is_noticed) {
  truth.run_answered(backtest, answer(), 0);
  truth.run_answered(backtest, answer(), 0);
  EXPECT_EQ(violated(), "run_id_unique");
}

TEST_F(TruthTest, a_run_that_changed_is_noticed) {
  truth.run_answered(backtest, answer(), 0);
  std::string changed = answer();
  changed.replace(changed.find("0.5"), 3, "0.7");
  truth.run_read(changed, 0);
  EXPECT_EQ(violated(), "run_unchanged");
}

TEST_F(TruthTest, a_run_that_is_denied_is_noticed_and_an_unknown_one_may_be) {
  truth.run_denied(run_id);
  EXPECT_EQ(violated(), "nothing");
  truth.run_answered(backtest, answer(), 0);
  truth.run_denied(run_id);
  EXPECT_EQ(violated(), "run_kept");
}

TEST_F(TruthTest, a_history_that_shrank_is_noticed) {
  truth.history_read(3, 3);
  EXPECT_EQ(violated(), "nothing");
  truth.history_read(2, 3);
  EXPECT_EQ(violated(), "run_kept");
}

TEST_F(TruthTest, a_confirmed_flag_must_stay_and_an_unanswered_one_may_be_either) {
  truth.run_answered(backtest, answer(), 0);
  ASSERT_TRUE(truth.flag_asked(run_id, "BTC_KRW", false));
  EXPECT_FALSE(truth.flag_asked(run_id, "BTC_KRW", true));
  truth.run_read(answer(), 0);
  truth.run_read(with_flag_off(), 0);
  EXPECT_EQ(violated(), "nothing");
  truth.flag_answered(run_id, "BTC_KRW", false, true);
  truth.run_read(with_flag_off(), 5);
  EXPECT_EQ(violated(), "nothing");
  truth.run_read(answer(), 5);
  EXPECT_EQ(violated(), "flag_kept");
}

TEST_F(TruthTest, a_flag_that_nobody_asked_for_is_noticed) {
  truth.run_answered(backtest, answer(), 0);
  truth.run_read(with_flag_off(), 0);
  EXPECT_EQ(violated(), "flag_kept");
}

}  // namespace
}  // namespace hts::simulation
