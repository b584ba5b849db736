#include "adapters/journal/codec.hpp"

#include <string>

#include <gtest/gtest.h>
#include <msgpack.hpp>

#include "adapters/journal/record_codec.hpp"

namespace hts::journal {
namespace {

backtest::BacktestRun sample_run() {
  backtest::BacktestRun run;
  run.run_id = "4aecac24-5450-434b-8994-84fc67f6d94d";
  run.strategy = "volume_zone_breakout";
  run.parameters = {{"volume_window", std::int64_t{60}}, {"buffer", 0.01}, {"wicks", true}};
  run.start_date = "2023-01-01";
  run.end_date = "2024-12-31";
  run.timeframe = market::Timeframe::minute();
  run.total_signals = 1;
  run.execution_seconds = 0.125;
  run.description = "with \"quotes\"";
  run.executed_at = time::from_milliseconds(1'700'000'000'123);
  run.environment = "hts 0.1.0";
  run.execution_host = "host";
  backtest::SymbolResult symbol{market::Symbol::parse("BTC_KRW").value(), false, {}};
  symbol.report.candles = 700;
  symbol.report.trades.push_back(
      {3, 4, time::from_milliseconds(1), time::from_milliseconds(2), 10, 11, 10.0, 0.75});
  symbol.report.statistics = {1, 1.0, 10.0, 0, 1};
  run.symbols.push_back(std::move(symbol));
  return run;
}

/// Equal in every field, as far as encoding tells.
template <class T>
std::string encoded(const T& value) {
  std::string bytes;
  MsgpackWriter writer(bytes);
  write(writer, value);
  return bytes;
}

template <class T>
void expect_comes_back(const T& value) {
  const std::string bytes = encode_result(result::Result<T>(value));
  EXPECT_NO_THROW((void)msgpack::unpack(bytes.data(), bytes.size()));
  const auto decoded = decode_result<T>(bytes);
  ASSERT_TRUE(decoded);
  ASSERT_TRUE(decoded->ok());
  EXPECT_EQ(encoded(decoded->value()), encoded(value));
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    EXPECT_FALSE(decode_result<T>(bytes.substr(0, cut))) << cut;
  }
  // No bit flip may crash; most are noticed here, all by the record's checksum.
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    (void)decode_result<T>(flipped);
  }
}

TEST(JournalCodec, gives_back_every_field_of_what_passes_the_ports) {
  const backtest::BacktestRun run = sample_run();
  expect_comes_back(run);
  const auto decoded = decode_result<backtest::BacktestRun>(
      encode_result(result::Result<backtest::BacktestRun>(run)));
  const backtest::BacktestRun& back = decoded->value();
  EXPECT_EQ(back.parameters, run.parameters);
  EXPECT_EQ(back.symbols[0].report, run.symbols[0].report);
  EXPECT_FALSE(back.symbols[0].is_active);
  EXPECT_EQ(back.executed_at, run.executed_at);
  EXPECT_EQ(back.timeframe, run.timeframe);

  backtest::BacktestRun portfolio = run;
  portfolio.mode = backtest::Mode::portfolio;
  portfolio.fingerprint = "00112233445566778899aabbccddeeff";
  portfolio.document = "{\"equity\":[1.0]}";
  expect_comes_back(portfolio);
  const auto again = decode_result<backtest::BacktestRun>(
      encode_result(result::Result<backtest::BacktestRun>(portfolio)));
  EXPECT_EQ(again->value().mode, backtest::Mode::portfolio);
  EXPECT_EQ(again->value().document, portfolio.document);
  EXPECT_EQ(again->value().fingerprint, portfolio.fingerprint);

  expect_comes_back(backtest::summarize(run));
  expect_comes_back(ports::HistoryPage{{backtest::summarize(run), backtest::summarize(run)}, 9});
  expect_comes_back(std::vector<ports::CatalogFile>{
      {market::Symbol::parse("ETH_KRW").value(), market::Timeframe::day(), 2023, 365,
       time::from_milliseconds(5), time::from_milliseconds(6), 1'000}});
  expect_comes_back(ports::WriteReport{1, 2, 3, 4});
  expect_comes_back(std::vector<std::string>{"a", "b"});
  expect_comes_back(result::Nothing{});
}

TEST(JournalCodec, gives_back_an_error) {
  const result::Result<ports::WriteReport> error =
      result::make_error(result::ErrorCode::storage, "Full.", "disk");
  const auto decoded = decode_result<ports::WriteReport>(encode_result(error));
  ASSERT_TRUE(decoded);
  ASSERT_FALSE(decoded->ok());
  EXPECT_EQ(decoded->error().code, result::ErrorCode::storage);
  EXPECT_EQ(decoded->error().message, "Full.");
  EXPECT_EQ(decoded->error().field, "disk");
}

TEST(JournalCodec, tells_long_texts_apart_that_begin_the_same) {
  std::string one(100'000, 'x');
  std::string other = one;
  other.back() = 'y';
  EXPECT_LT(clipped(one).size(), 5'000U);
  EXPECT_NE(clipped(one), clipped(other));
  EXPECT_EQ(clipped(one), clipped(std::string(100'000, 'x')));
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(JournalCodec, gives_candles_another_digest_for_another_value_in_any_column) {
  market::CandleSeries candles;
  for (int i = 0; i < 5; ++i) {
    candles.push_back({time::from_milliseconds(i), 1.0 + i, 2.0 + i, 0.5 + i, 1.5 + i, 10.0});
  }
  const CandleDigest digest = digest_of(candles.view());
  market::CandleSeries changed = candles;
  changed.volume[2] += 1e-9;
  EXPECT_NE(digest_of(changed.view()), digest);
  changed = candles;
  changed.open_time[4] += time::Duration{1};
  EXPECT_NE(digest_of(changed.view()), digest);
  changed = candles;
  EXPECT_EQ(digest_of(changed.view()), digest);
}

TEST(JournalCodec, gives_back_inputs_and_commands) {
  runtime::PortCalls calls;
  calls.add({"result_store.find", "a", std::string("\0b", 2)});
  const result::Error refusal = result::make_error(result::ErrorCode::unavailable, "Full.");
  runtime::InputRecord record;
  record.kind = runtime::InputRecord::Kind::job;
  record.number = 70'000;
  record.now = time::from_milliseconds(-5);
  record.steady_now = runtime::SteadyTime(runtime::Duration{123'456'789'012});
  record.subject = 17;
  record.calls = &calls;
  record.refusal = &refusal;
  std::string payload;
  encode_input(record, payload);
  EXPECT_NO_THROW((void)msgpack::unpack(payload.data(), payload.size()));
  Input input;
  ASSERT_TRUE(decode_input(payload, input));
  EXPECT_EQ(input.record.number, record.number);
  EXPECT_EQ(input.record.kind, record.kind);
  EXPECT_EQ(input.record.now, record.now);
  EXPECT_EQ(input.record.steady_now, record.steady_now);
  EXPECT_EQ(input.record.subject, record.subject);
  EXPECT_EQ(input.calls, calls.calls());
  ASSERT_TRUE(input.refusal);
  EXPECT_EQ(input.refusal->message, "Full.");
  for (std::size_t cut = 0; cut < payload.size(); ++cut) {
    EXPECT_FALSE(decode_input(std::string_view(payload).substr(0, cut), input)) << cut;
  }

  record.kind = runtime::InputRecord::Kind::work;
  record.name = "http.request";
  record.bytes = "GET";
  encode_input(record, payload);
  ASSERT_TRUE(decode_input(payload, input));
  EXPECT_EQ(input.record.name, "http.request");
  EXPECT_EQ(input.record.bytes, "GET");
  EXPECT_TRUE(input.calls.empty());
  EXPECT_FALSE(input.refusal);

  encode_command("http.answer", "200", payload);
  const auto command = decode_command(payload);
  ASSERT_TRUE(command);
  EXPECT_EQ(command->name, "http.answer");
  EXPECT_EQ(command->bytes, "200");
  EXPECT_FALSE(decode_input(payload, input));
}

}  // namespace
}  // namespace hts::journal
