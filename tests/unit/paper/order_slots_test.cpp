#include <array>
#include <functional>
#include <limits>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/paper/account_bytes.hpp"
#include "engine/paper/paper_session.hpp"
#include "engine/paper/strategy_snapshot.hpp"
#include "random_session.hpp"

/// What becomes of working orders when people or failures come in between.
namespace hts::paper::test {
namespace {

using trading::OrderType;
using trading::Side;

/// Does at each candle what the test says, in each of its slots.
class Told {
 public:
  static constexpr std::string_view name = "told";
  static constexpr std::string_view title = "Told";
  static constexpr std::string_view help = "Does what a test says.";
  static constexpr int state_version = 1;
  static constexpr bool uses_orders = true;
  static std::vector<strategies::ParameterSchema> schema() {
    return {{"slot", std::int64_t{0}, 0, 9, false, "", "Which of the test's sentences it hears."}};
  }
  using Deed = std::function<void(trading::OrderDesk&)>;
  static std::array<Deed, 10>& next() {
    static std::array<Deed, 10> all;
    return all;
  }
  static double& number() {
    static double stored = 0;
    return stored;
  }

  explicit Told(const strategies::Parameters& parameters)
      : slot_(static_cast<std::size_t>(parameters.integer("slot"))) {}
  void on_candle(const market::Candle&, strategies::Context& context) {
    if (const Deed deed = std::exchange(next().at(slot_), {})) deed(*context.desk());
  }
  [[nodiscard]] std::vector<double> snapshot() const { return {number()}; }
  [[nodiscard]] result::Status restore(std::span<const double>) { return result::success(); }

 private:
  std::size_t slot_;
};

trading::OrderRequest wish(Side side, OrderType type, double price, double quantity) {
  trading::OrderRequest request;
  request.side = side;
  request.type = type;
  request.limit_price = request.stop_price = price;
  request.quantity = quantity;
  return request;
}
Told::Deed submitting(std::vector<trading::OrderRequest> requests) {
  return [requests = std::move(requests)](trading::OrderDesk& desk) {
    for (const auto& request : requests) EXPECT_GT(desk.submit(request), 0U);
  };
}
Told::Deed buying(double quantity) {
  return submitting({wish(Side::buy, OrderType::market, 0, quantity)});
}

class OrderSlots : public testing::Test {
 protected:
  OrderSlots() {
    static const bool once =
        strategies::register_strategy(strategies::define_strategy<Told>()).ok();
    EXPECT_TRUE(once);
    Told::next() = {};
    Told::number() = 0;
    plan_.session_id = "01932d5e-7c00-7abc-8def-0123456789ab";
    plan_.symbols = {*market::Symbol::parse("BTC_KRW")};
    for (std::int64_t i = 0; i < 2; ++i) {
      LiveSlot slot;
      slot.strategy = Told::name;
      slot.parameters =
          *strategies::resolve_for(**strategies::find_strategy(Told::name), {{"slot", i}});
      plan_.slots.push_back(slot);
    }
    session_ = std::move(PaperSession::begin(plan_)).value();
    give_strategies(*session_, plan_);
  }

  /// A minute at one price; both strategies are asked at its close.
  std::vector<PaperEvent> bar(double at) { return bar(at, at, at); }
  std::vector<PaperEvent> bar(double open, double low, double high) {
    now_ += std::chrono::minutes{1};
    const market::Candle candle{now_, open, high, low, open, 1'000};
    const std::vector<backtest::SteppedCandle> candles = {{0, candle}};
    const std::vector<backtest::SlotCandle> closed = {{0, candle}, {1, candle}};
    auto events = session_->step(now_, candles, {}, closed);
    EXPECT_TRUE(events.ok());
    all_.insert(all_.end(), events->begin(), events->end());
    return *events;
  }
  void does(std::size_t slot, Told::Deed deed) { Told::next().at(slot) = std::move(deed); }
  double held(SlotId slot) { return session_->account().position(slot).quantity; }
  void restart() {
    auto resumed = PaperSession::resume(session_->plan(), session_->state(), all_);
    ASSERT_TRUE(resumed.ok()) << resumed.error().message;
    session_ = std::move(resumed).value();
  }
  void note(PaperSession::Events events) {
    ASSERT_TRUE(events.ok());
    all_.insert(all_.end(), events->begin(), events->end());
  }
  /// Both hold 10 at 100, with a stop at 90, and want to buy more at 80.
  void hold_with_orders() {
    for (const std::size_t slot : {0U, 1U}) does(slot, buying(10));
    bar(100);
    bar(100);
    for (const std::size_t slot : {0U, 1U}) {
      does(slot, submitting({wish(Side::sell, OrderType::stop, 90, 25),
                             wish(Side::buy, OrderType::limit, 80, 5)}));
    }
    bar(100);
    ASSERT_EQ(held(0), 10);
    ASSERT_EQ(held(1), 10);
  }

  LivePlan plan_;
  std::unique_ptr<PaperSession> session_;
  std::vector<PaperEvent> all_;
  time::Timestamp now_ = time::from_milliseconds(first_minute * 60'000);
};

TEST_F(OrderSlots, orders_turn_and_enlarge_as_in_a_backtest) {
  hold_with_orders();
  restart();
  bar(95, 85, 95);  // 10 of the 25 close, 15 turn the position
  EXPECT_EQ(held(0), -15);
  bar(79);  // its limit buys 5
  EXPECT_EQ(held(0), -10);
}

TEST_F(OrderSlots, a_disabled_slot_keeps_its_exits_and_opens_nothing) {
  hold_with_orders();
  note(session_->change_slot(now_, {0, {}, false, {}}));
  restart();
  does(0, [](trading::OrderDesk& desk) {
    EXPECT_EQ(desk.submit(wish(Side::buy, OrderType::market, 0, 1)), 0U);
    EXPECT_GT(desk.submit(wish(Side::sell, OrderType::limit, 120, 99)), 0U);
  });
  bar(100);
  bar(100, 85, 100);
  EXPECT_EQ(held(0), 0) << "its stop closed and turned nothing";
  EXPECT_EQ(held(1), -15) << "the other slot goes on";
  does(0, [](trading::OrderDesk& desk) {
    EXPECT_EQ(desk.submit(wish(Side::sell, OrderType::market, 0, 1)), 0U);
  });
  bar(75);
  bar(130);
  EXPECT_EQ(held(0), 0);
  note(session_->change_slot(now_, {0, {}, true, {}}));
  does(0, buying(2));
  bar(100);
  bar(100);
  EXPECT_EQ(held(0), 2);
}

TEST_F(OrderSlots, the_kill_switch_ends_entries_and_leaves_exits) {
  hold_with_orders();
  note(session_->halt(now_, "a test", false));
  bar(79, 79, 79);
  EXPECT_EQ(held(0), 0);
  EXPECT_EQ(held(1), 0);
  does(1, [](trading::OrderDesk& desk) {
    EXPECT_EQ(desk.submit(wish(Side::buy, OrderType::market, 0, 1)), 0U);
  });
  bar(100);
  note(session_->resume_trading(now_));
  does(1, buying(1));
  bar(100);
  bar(100);
  EXPECT_EQ(held(1), 1);
}

TEST_F(OrderSlots, closing_all_cancels_what_works) {
  hold_with_orders();
  note(session_->halt(now_, "a test", true));
  bar(100);
  EXPECT_EQ(held(0), 0);
  note(session_->resume_trading(now_));
  bar(70);
  bar(130);
  EXPECT_EQ(held(0), 0);
}

TEST_F(OrderSlots, closing_by_hand_cancels_the_orders_of_that_slot_alone) {
  hold_with_orders();
  const auto* open = session_->books().of_slot(0);
  ASSERT_NE(open, nullptr);
  note(session_->close(now_, open->position_id, trading::Price::parse("100").value()));
  bar(95, 85, 95);
  EXPECT_EQ(held(0), 0);
  EXPECT_EQ(held(1), -15);
}

TEST_F(OrderSlots, other_parameters_begin_with_no_orders) {
  hold_with_orders();
  PaperSession::SlotChange change;
  change.slot = 0;
  change.parameters = plan_.slots[0].parameters;
  change.warmed_from = now_;
  note(session_->change_slot(now_, change));
  session_->take_strategy(0, fresh(session_->plan().slots[0]));
  bar(95, 75, 95);
  EXPECT_EQ(held(0), 10);
  does(0, submitting({wish(Side::sell, OrderType::market, 0, 10)}));
  bar(95);
  bar(95);
  EXPECT_EQ(held(0), 0);
}

TEST_F(OrderSlots, one_that_fails_leaves_its_position_and_touches_nobody_else) {
  hold_with_orders();
  does(0, [](trading::OrderDesk& desk) {
    (void)desk.submit(wish(Side::buy, OrderType::market, 0, 1));
    throw std::runtime_error("it broke");
  });
  const auto told = bar(100);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, PaperEventKind::refusal);
  EXPECT_EQ(told[0].slot, 0U);
  const WarmStrategy* failed = session_->account().strategy_of(0);
  ASSERT_NE(failed, nullptr);
  EXPECT_FALSE(failed->strategy);
  EXPECT_NE(failed->error.find("it broke"), std::string::npos);
  restart();
  EXPECT_NE(session_->account().strategy_of(0)->error.find("it broke"), std::string::npos);
  does(0, buying(1));
  bar(95, 75, 95);
  EXPECT_EQ(held(0), 10);
  EXPECT_EQ(held(1), -10);
  EXPECT_TRUE(bar(95).empty()) << "it is told once";
}

TEST_F(OrderSlots, one_that_cannot_be_stored_fails) {
  hold_with_orders();
  Told::number() = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(bar(100).size(), 2U);
  EXPECT_NE(session_->account().strategy_of(1)->error.find("finite"), std::string::npos);
  bar(95, 75, 95);
  EXPECT_EQ(held(0), 10);
}

TEST_F(OrderSlots, sizes_that_are_no_number_are_refused_as_in_a_backtest) {
  does(0, [](trading::OrderDesk& desk) {
    auto request = wish(Side::buy, OrderType::market, 0, 1);
    request.quantity = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(desk.submit(request), 0U);
  });
  const auto told = bar(100);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, PaperEventKind::refusal);
  EXPECT_TRUE(session_->account().strategy_of(0)->strategy);
}

TEST_F(OrderSlots, one_whose_code_has_changed_does_not_go_on_from_what_it_does_not_know) {
  hold_with_orders();
  // The same plan, but for the moment since when the strategy has seen candles.
  auto plan = session_->plan();
  plan.slots[0].warmed_from += std::chrono::minutes{1};
  auto resumed = PaperSession::resume(plan, session_->state(), all_);
  ASSERT_TRUE(resumed.ok()) << resumed.error().message;
  session_ = std::move(resumed).value();
  EXPECT_FALSE(session_->account().strategy_of(0)->strategy);
  EXPECT_FALSE(session_->account().strategy_of(0)->error.empty());
  EXPECT_TRUE(session_->account().strategy_of(1)->strategy);
  bar(95, 75, 95);
  EXPECT_EQ(held(0), 10);
  EXPECT_EQ(held(1), -10);
}

TEST_F(OrderSlots, a_candle_that_closes_with_a_minute_without_a_trade_is_asked_about_too) {
  bar(100);
  now_ += std::chrono::minutes{1};
  does(0, submitting({wish(Side::buy, OrderType::market, 0, 3)}));
  const market::Candle longer{now_ - std::chrono::minutes{4}, 100, 100, 100, 100, 10};
  const std::vector<backtest::SlotCandle> closed = {{0, longer}};
  ASSERT_TRUE(session_->step(now_, {}, {}, closed).ok());
  EXPECT_EQ(held(0), 0);
  bar(101);
  EXPECT_EQ(held(0), 3);
  EXPECT_EQ(session_->account().position(0).entry_price, 101);
}

TEST_F(OrderSlots, before_a_session_a_strategy_has_a_desk_that_takes_nothing) {
  WarmStrategy warm = fresh(plan_.slots[0]);
  bool was_asked = false;
  does(0, [&](trading::OrderDesk& desk) {
    was_asked = true;
    EXPECT_EQ(desk.submit(wish(Side::buy, OrderType::market, 0, 1)), 0U);
    EXPECT_TRUE(desk.position().flat());
    EXPECT_EQ(desk.equity(), 777);
  });
  const auto& definition = **strategies::find_strategy(Told::name);
  EXPECT_TRUE(show_past(definition, *warm.strategy, {now_, 1, 1, 1, 1, 1}, 0, 777).ok());
  EXPECT_TRUE(was_asked);
  does(0, [](trading::OrderDesk&) { throw std::runtime_error("it broke"); });
  EXPECT_FALSE(show_past(definition, *warm.strategy, {now_, 1, 1, 1, 1, 1}, 1, 777).ok());
}

TEST_F(OrderSlots, a_strategy_that_does_not_come_back_from_its_snapshot_is_told_apart) {
  const auto& definition = **strategies::find_strategy(Told::name);
  EXPECT_TRUE(check_snapshot(definition, fresh(plan_.slots[0])).ok());
  Told::number() = std::numeric_limits<double>::infinity();
  const auto checked = check_snapshot(definition, fresh(plan_.slots[0]));
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().field, "strategy");
}

TEST_F(OrderSlots, an_account_without_them_is_stored_as_it_always_was) {
  LivePlan signals = plan_;
  signals.slots.resize(1);
  signals.slots[0].strategy = "buy_and_hold";
  signals.slots[0].parameters =
      *strategies::resolve_for(**strategies::find_strategy("buy_and_hold"), {});
  const auto with = std::move(PaperAccount::make(plan_)).value();
  const auto without = std::move(PaperAccount::make(signals)).value();
  EXPECT_EQ(without->snapshot().front(), '\1');
  EXPECT_EQ(with->snapshot().front(), '\2');
  EXPECT_TRUE(without->restore(without->snapshot()).ok());
}

}  // namespace
}  // namespace hts::paper::test
