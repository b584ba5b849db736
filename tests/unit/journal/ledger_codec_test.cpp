#include "adapters/journal/ledger_codec.hpp"

#include <gtest/gtest.h>

namespace hts::journal {
namespace {

paper::PaperEvent sample_event() {
  paper::PaperEvent event;
  event.number = 7;
  event.kind = paper::PaperEventKind::asked;
  event.time = time::Timestamp{std::chrono::nanoseconds{1'723'161'254'087'891'268}};
  event.slot = paper::manual_book;
  event.instrument = 3;
  event.position_id = "01932d5e-7c00-7abc-8def-0123456789ab";
  event.side = trading::Side::sell;
  event.quantity = trading::CoinAmount::parse("0.000000000000000001").value();
  event.price = trading::Price::parse("98765432109876.000000000001").value();
  event.fee = trading::Money::parse("12345678901234567890.00000001").value();
  event.slippage = trading::Money::parse("0.5").value();
  event.realized_profit = trading::Money::parse("-12345678901234567890.00000001").value();
  event.reason = "이유";
  return event;
}

TEST(LedgerCodec, events_come_back_to_the_last_digit) {
  const result::Result<std::vector<paper::PaperEvent>> events =
      std::vector{sample_event(), paper::PaperEvent{}};
  const auto decoded = decode_result<std::vector<paper::PaperEvent>>(encode_result(events));
  ASSERT_TRUE(decoded && decoded->ok());
  EXPECT_EQ(**decoded, *events);
}

TEST(LedgerCodec, sessions_come_back_with_their_state) {
  ports::SessionRecord session;
  session.session_id = "a";
  session.plan = "{}";
  session.is_running = true;
  session.started_at = time::Timestamp{std::chrono::seconds{5}};
  session.state = std::string{"\0\xff\x01", 3};
  session.up_to = time::Timestamp{std::chrono::seconds{-7}};
  session.events = 12;
  for (const bool stopped : {false, true}) {
    if (stopped) session.stopped_at = time::Timestamp{std::chrono::seconds{9}};
    const result::Result<std::optional<ports::SessionRecord>> given = std::optional{session};
    const auto decoded = decode_result<std::optional<ports::SessionRecord>>(encode_result(given));
    ASSERT_TRUE(decoded && decoded->ok() && decoded->value());
    const ports::SessionRecord& again = decoded->value().value();
    EXPECT_EQ(again.session_id, session.session_id);
    EXPECT_EQ(again.plan, session.plan);
    EXPECT_EQ(again.is_running, session.is_running);
    EXPECT_EQ(again.started_at, session.started_at);
    EXPECT_EQ(again.stopped_at, session.stopped_at);
    EXPECT_EQ(again.state, session.state);
    EXPECT_EQ(again.up_to, session.up_to);
    EXPECT_EQ(again.events, session.events);
  }
}

TEST(LedgerCodec, no_session_and_damage_are_told_apart) {
  const result::Result<std::optional<ports::SessionRecord>> nothing =
      std::optional<ports::SessionRecord>{};
  const std::string bytes = encode_result(nothing);
  const auto decoded = decode_result<std::optional<ports::SessionRecord>>(bytes);
  ASSERT_TRUE(decoded && decoded->ok());
  EXPECT_FALSE(decoded->value());
  const result::Result<std::vector<paper::PaperEvent>> events = std::vector{sample_event()};
  const std::string whole = encode_result(events);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_FALSE(decode_result<std::vector<paper::PaperEvent>>(whole.substr(0, i))) << i;
  }
}

}  // namespace
}  // namespace hts::journal
