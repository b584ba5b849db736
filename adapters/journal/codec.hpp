#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/journal/msgpack_reader.hpp"
#include "adapters/journal/msgpack_writer.hpp"
#include "engine/backtest/backtest_run.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/ports/result_store.hpp"
#include "engine/result/result.hpp"

/// What passes through the ports, as msgpack. Reading what was written gives an equal value, bit
/// for bit; reading anything else makes the reader bad.
namespace hts::journal {

/// Stands for candles: how many, and a checksum of each column.
struct CandleDigest {
  std::uint64_t candles = 0;
  std::array<std::uint32_t, 6> columns{};

  friend bool operator==(const CandleDigest&, const CandleDigest&) = default;
};
[[nodiscard]] CandleDigest digest_of(market::CandleView candles);
/// Error: cancelled, see ports::CandleStore::load.
[[nodiscard]] result::Result<CandleDigest> digest_of(market::CandleView candles,
                                                     const std::atomic<bool>* cancel);

void write_time(MsgpackWriter& writer, time::Timestamp time);
[[nodiscard]] time::Timestamp read_time(MsgpackReader& reader);

void write(MsgpackWriter& writer, const result::Error& error);
void write(MsgpackWriter& writer, result::Nothing);
void write(MsgpackWriter& writer, const std::string& text);
void write(MsgpackWriter& writer, const market::Symbol& symbol);
void write(MsgpackWriter& writer, market::Timeframe timeframe);
void write(MsgpackWriter& writer, const CandleDigest& digest);
void write(MsgpackWriter& writer, const backtest::RunSummary& run);
void write(MsgpackWriter& writer, const backtest::BacktestRun& run);
/// Only written: no port gives one back.
void write(MsgpackWriter& writer, const ports::WantedRun& run);
void write(MsgpackWriter& writer, const ports::HistoryPage& page);
void write(MsgpackWriter& writer, const ports::CatalogFile& file);
void write(MsgpackWriter& writer, const ports::WriteReport& report);

/// `read<T>` for every T above that a port gives back.
template <class T>
[[nodiscard]] T read(MsgpackReader& reader);

template <class T>
void write(MsgpackWriter& writer, const std::vector<T>& values) {
  writer.array(values.size());
  for (const T& value : values) write(writer, value);
}

namespace detail {
template <class T>
struct Reading {
  static T from(MsgpackReader& reader) { return read<T>(reader); }
};
template <class T>
struct Reading<std::vector<T>> {
  static std::vector<T> from(MsgpackReader& reader) {
    std::vector<T> values;
    for (std::size_t left = reader.array(); left > 0 && reader.ok(); --left) {
      values.push_back(Reading<T>::from(reader));
    }
    return values;
  }
};
}  // namespace detail

/// A value, or the error instead of one.
template <class T>
[[nodiscard]] std::string encode_result(const result::Result<T>& result) {
  std::string bytes;
  MsgpackWriter writer(bytes);
  writer.array(2);
  writer.boolean(result.ok());
  if (result.ok()) {
    write(writer, result.value());
  } else {
    write(writer, result.error());
  }
  return bytes;
}

/// Nothing when the bytes are not those of such a result.
template <class T>
[[nodiscard]] std::optional<result::Result<T>> decode_result(std::string_view bytes) {
  MsgpackReader reader(bytes);
  reader.expect_array(2);
  const bool ok = reader.boolean();
  if (!reader.ok()) return std::nullopt;
  // Made in its place: g++ 12 takes the move of a result into an optional for a use of nothing.
  std::optional<result::Result<T>> decoded;
  if (ok) {
    decoded.emplace(detail::Reading<T>::from(reader));
  } else {
    decoded.emplace(read<result::Error>(reader));
  }
  if (!reader.finished()) decoded.reset();
  return decoded;
}

/// What goes out, for the record: as it is up to 64 KiB; of more, its length, its SHA-256 and its
/// first 4 KiB, which still tell any two apart and show where.
[[nodiscard]] std::string clipped(std::string bytes);
/// Lower-case hexadecimal.
[[nodiscard]] std::string sha256(std::string_view bytes);

}  // namespace hts::journal
