#include "adapters/journal/codec.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <variant>

#include <openssl/sha.h>

#include "adapters/journal/crc32c.hpp"
#include "engine/market/candle_blocks.hpp"

namespace hts::journal {
namespace {

constexpr std::size_t longest_whole = 64U << 10U;
constexpr std::size_t shown_of_long = 4U << 10U;

template <class T>
std::uint32_t checksum(std::span<const T> column, std::uint32_t before) noexcept {
  return crc32c({reinterpret_cast<const char*>(column.data()), column.size_bytes()}, before);
}

void write_parameters(MsgpackWriter& writer, const std::vector<strategies::NamedValue>& values) {
  writer.array(values.size());
  for (const auto& [name, value] : values) {
    writer.array(3);
    writer.text(name);
    writer.unsigned_integer(value.index());
    if (const bool* flag = std::get_if<bool>(&value)) {
      writer.boolean(*flag);
    } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      writer.integer(*integer);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      writer.text(*text);
    } else {
      writer.real(std::get<double>(value));
    }
  }
}
std::vector<strategies::NamedValue> read_parameters(MsgpackReader& reader) {
  std::vector<strategies::NamedValue> values;
  for (std::size_t left = reader.array(); left > 0 && reader.ok(); --left) {
    reader.expect_array(3);
    std::string name{reader.text()};
    strategies::ParameterValue value;
    switch (reader.unsigned_integer()) {
      case 0:
        value = reader.boolean();
        break;
      case 1:
        value = reader.integer();
        break;
      case 2:
        value = reader.real();
        break;
      case 3:
        value = std::string{reader.text()};
        break;
      default:
        reader.fail();
    }
    values.emplace_back(std::move(name), std::move(value));
  }
  return values;
}

void write_statistics(MsgpackWriter& writer, const backtest::SignalStatistics& statistics) {
  writer.array(5);
  writer.unsigned_integer(statistics.signals);
  writer.real(statistics.win_rate);
  writer.real(statistics.avg_return_pct);
  writer.real(statistics.max_drawdown_pct);
  writer.real(statistics.avg_hold_bars);
}
backtest::SignalStatistics read_statistics(MsgpackReader& reader) {
  reader.expect_array(5);
  backtest::SignalStatistics statistics;
  statistics.signals = reader.unsigned_integer();
  statistics.win_rate = reader.real();
  statistics.avg_return_pct = reader.real();
  statistics.max_drawdown_pct = reader.real();
  statistics.avg_hold_bars = reader.real();
  return statistics;
}

void write_trade(MsgpackWriter& writer, const backtest::SignalTrade& trade) {
  writer.array(8);
  writer.unsigned_integer(trade.index);
  writer.unsigned_integer(trade.exit_index);
  write_time(writer, trade.time);
  write_time(writer, trade.exit_time);
  writer.real(trade.entry_price);
  writer.real(trade.exit_price);
  writer.real(trade.return_pct);
  writer.real(trade.confidence);
}
backtest::SignalTrade read_trade(MsgpackReader& reader) {
  reader.expect_array(8);
  backtest::SignalTrade trade;
  trade.index = reader.unsigned_integer();
  trade.exit_index = reader.unsigned_integer();
  trade.time = read_time(reader);
  trade.exit_time = read_time(reader);
  trade.entry_price = reader.real();
  trade.exit_price = reader.real();
  trade.return_pct = reader.real();
  trade.confidence = reader.real();
  return trade;
}

constexpr std::size_t run_fields = 14;

/// What a run and its summary have in common, without the symbols.
template <class Run>
void write_run(MsgpackWriter& writer, const Run& run) {
  writer.text(run.run_id);
  writer.text(run.strategy);
  write_parameters(writer, run.parameters);
  writer.text(run.start_date);
  writer.text(run.end_date);
  write(writer, run.timeframe);
  writer.unsigned_integer(run.total_signals);
  writer.real(run.execution_seconds);
  writer.text(run.description);
  write_time(writer, run.executed_at);
  writer.text(run.environment);
  writer.text(run.execution_host);
  writer.text(backtest::name_of(run.mode));
  writer.text(run.fingerprint);
}
template <class Run>
void read_run(MsgpackReader& reader, Run& run) {
  run.run_id = reader.text();
  run.strategy = reader.text();
  run.parameters = read_parameters(reader);
  run.start_date = reader.text();
  run.end_date = reader.text();
  run.timeframe = read<market::Timeframe>(reader);
  run.total_signals = reader.unsigned_integer();
  run.execution_seconds = reader.real();
  run.description = reader.text();
  run.executed_at = read_time(reader);
  run.environment = reader.text();
  run.execution_host = reader.text();
  const auto mode = backtest::parse_mode(reader.text());
  if (!mode.ok()) reader.fail();
  run.mode = mode.ok() ? *mode : backtest::Mode::signals;
  run.fingerprint = reader.text();
}

}  // namespace

void write_time(MsgpackWriter& writer, time::Timestamp time) {
  writer.integer(time.time_since_epoch().count());
}
time::Timestamp read_time(MsgpackReader& reader) {
  return time::Timestamp(time::Duration(reader.integer()));
}

result::Result<CandleDigest> digest_of(market::CandleView candles,
                                       const std::atomic<bool>* cancel) {
  CandleDigest digest{candles.size(), {}};
  auto added = market::give_in_blocks(candles, [&](market::CandleView block) -> result::Status {
    if (ports::is_cancelled(cancel)) return ports::cancelled_load();
    auto column = digest.columns.begin();
    *column = checksum(block.open_time, *column);
    for (const auto values : {block.open, block.high, block.low, block.close, block.volume}) {
      ++column;
      *column = checksum(values, *column);
    }
    return result::success();
  });
  if (!added) return std::move(added).error();
  return digest;
}
CandleDigest digest_of(market::CandleView candles) {
  return digest_of(candles, nullptr).value();
}

void write(MsgpackWriter& writer, const result::Error& error) {
  writer.array(3);
  writer.unsigned_integer(static_cast<std::uint64_t>(error.code));
  writer.text(error.message);
  writer.text(error.field);
}
template <>
result::Error read<result::Error>(MsgpackReader& reader) {
  reader.expect_array(3);
  result::Error error;
  const std::uint64_t code = reader.unsigned_integer();
  if (code > static_cast<std::uint64_t>(result::ErrorCode::internal)) reader.fail();
  error.code = static_cast<result::ErrorCode>(code);
  error.message = reader.text();
  error.field = reader.text();
  return error;
}

void write(MsgpackWriter& writer, result::Nothing) {
  writer.nil();
}
template <>
result::Nothing read<result::Nothing>(MsgpackReader& reader) {
  if (!reader.take_nil()) reader.fail();
  return {};
}

void write(MsgpackWriter& writer, const std::string& text) {
  writer.text(text);
}
template <>
std::string read<std::string>(MsgpackReader& reader) {
  return std::string{reader.text()};
}

void write(MsgpackWriter& writer, const market::Symbol& symbol) {
  writer.text(symbol.text());
}
template <>
market::Symbol read<market::Symbol>(MsgpackReader& reader) {
  auto symbol = market::Symbol::parse(reader.text());
  if (symbol.ok()) return std::move(symbol).value();
  reader.fail();
  return market::Symbol::parse("BTC_KRW").value();
}

void write(MsgpackWriter& writer, market::Timeframe timeframe) {
  writer.unsigned_integer(static_cast<std::uint64_t>(timeframe.length().count()));
}
template <>
market::Timeframe read<market::Timeframe>(MsgpackReader& reader) {
  // Up to a week: a damaged number would not fit into nanoseconds.
  constexpr std::uint64_t longest = 7 * 24 * 60;
  const std::uint64_t minutes = std::min(reader.unsigned_integer(), longest + 1);
  const auto timeframe =
      market::Timeframe::of(std::chrono::minutes{static_cast<std::int64_t>(minutes)});
  if (!timeframe.ok()) reader.fail();
  return timeframe.ok() ? *timeframe : market::Timeframe::day();
}

void write(MsgpackWriter& writer, const CandleDigest& digest) {
  writer.array(1 + digest.columns.size());
  writer.unsigned_integer(digest.candles);
  for (const std::uint32_t column : digest.columns) writer.unsigned_integer(column);
}
template <>
CandleDigest read<CandleDigest>(MsgpackReader& reader) {
  CandleDigest digest;
  reader.expect_array(1 + digest.columns.size());
  digest.candles = reader.unsigned_integer();
  for (std::uint32_t& column : digest.columns) {
    column = static_cast<std::uint32_t>(reader.unsigned_integer());
  }
  return digest;
}

void write(MsgpackWriter& writer, const backtest::RunSummary& run) {
  writer.array(run_fields + 1);
  write_run(writer, run);
  writer.array(run.symbols.size());
  for (const auto& row : run.symbols) {
    writer.array(4);
    write(writer, row.symbol);
    writer.boolean(row.is_active);
    writer.unsigned_integer(row.candles);
    write_statistics(writer, row.statistics);
  }
}
template <>
backtest::RunSummary read<backtest::RunSummary>(MsgpackReader& reader) {
  backtest::RunSummary run;
  reader.expect_array(run_fields + 1);
  read_run(reader, run);
  for (std::size_t left = reader.array(); left > 0 && reader.ok(); --left) {
    reader.expect_array(4);
    auto symbol = read<market::Symbol>(reader);
    const bool is_active = reader.boolean();
    const std::uint64_t candles = reader.unsigned_integer();
    run.symbols.push_back({std::move(symbol), is_active, candles, read_statistics(reader)});
  }
  return run;
}

void write(MsgpackWriter& writer, const backtest::BacktestRun& run) {
  writer.array(run_fields + 2);
  write_run(writer, run);
  writer.text(run.document);
  writer.array(run.symbols.size());
  for (const backtest::SymbolResult& symbol : run.symbols) {
    writer.array(5);
    write(writer, symbol.symbol);
    writer.boolean(symbol.is_active);
    writer.unsigned_integer(symbol.report.candles);
    write_statistics(writer, symbol.report.statistics);
    writer.array(symbol.report.trades.size());
    for (const auto& trade : symbol.report.trades) write_trade(writer, trade);
  }
}
template <>
backtest::BacktestRun read<backtest::BacktestRun>(MsgpackReader& reader) {
  backtest::BacktestRun run;
  reader.expect_array(run_fields + 2);
  read_run(reader, run);
  run.document = reader.text();
  for (std::size_t left = reader.array(); left > 0 && reader.ok(); --left) {
    reader.expect_array(5);
    backtest::SymbolResult symbol{read<market::Symbol>(reader), reader.boolean(), {}};
    symbol.report.candles = reader.unsigned_integer();
    symbol.report.statistics = read_statistics(reader);
    for (std::size_t trades = reader.array(); trades > 0 && reader.ok(); --trades) {
      symbol.report.trades.push_back(read_trade(reader));
    }
    run.symbols.push_back(std::move(symbol));
  }
  return run;
}

void write(MsgpackWriter& writer, const ports::WantedRun& run) {
  writer.array(4);
  writer.text(run.fingerprint);
  writer.text(run.start_date);
  writer.text(run.end_date);
  writer.text(run.description);
}

void write(MsgpackWriter& writer, const ports::HistoryPage& page) {
  writer.array(2);
  writer.unsigned_integer(page.total);
  write(writer, page.runs);
}
template <>
ports::HistoryPage read<ports::HistoryPage>(MsgpackReader& reader) {
  ports::HistoryPage page;
  reader.expect_array(2);
  page.total = reader.unsigned_integer();
  page.runs = detail::Reading<std::vector<backtest::RunSummary>>::from(reader);
  return page;
}

void write(MsgpackWriter& writer, const ports::CatalogFile& file) {
  writer.array(7);
  write(writer, file.symbol);
  write(writer, file.timeframe);
  writer.integer(file.year);
  writer.unsigned_integer(file.candles);
  write_time(writer, file.first);
  write_time(writer, file.last);
  writer.unsigned_integer(file.bytes);
}
template <>
ports::CatalogFile read<ports::CatalogFile>(MsgpackReader& reader) {
  reader.expect_array(7);
  auto symbol = read<market::Symbol>(reader);
  const auto timeframe = read<market::Timeframe>(reader);
  ports::CatalogFile file{std::move(symbol), timeframe, 0, 0, {}, {}, 0};
  file.year = static_cast<int>(reader.integer());
  file.candles = reader.unsigned_integer();
  file.first = read_time(reader);
  file.last = read_time(reader);
  file.bytes = reader.unsigned_integer();
  return file;
}

void write(MsgpackWriter& writer, const ports::WriteReport& report) {
  writer.array(4);
  writer.unsigned_integer(report.added);
  writer.unsigned_integer(report.replaced);
  writer.unsigned_integer(report.unchanged);
  writer.unsigned_integer(report.files_written);
}
template <>
ports::WriteReport read<ports::WriteReport>(MsgpackReader& reader) {
  ports::WriteReport report;
  reader.expect_array(4);
  report.added = reader.unsigned_integer();
  report.replaced = reader.unsigned_integer();
  report.unchanged = reader.unsigned_integer();
  report.files_written = reader.unsigned_integer();
  return report;
}

std::string clipped(std::string bytes) {
  std::string out;
  MsgpackWriter writer(out);
  if (bytes.size() <= longest_whole) {
    writer.array(1);
    writer.binary(bytes);
    return out;
  }
  writer.array(3);
  writer.unsigned_integer(bytes.size());
  writer.text(sha256(bytes));
  writer.binary(std::string_view(bytes).substr(0, shown_of_long));
  return out;
}

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : digest) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

}  // namespace hts::journal
