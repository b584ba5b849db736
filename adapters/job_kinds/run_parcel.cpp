#include "adapters/job_kinds/run_parcel.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "adapters/journal/codec.hpp"

namespace hts::job_kinds {
namespace {

constexpr std::string_view begin = "{\"run\":\"";
constexpr std::string_view end = "\"}";
constexpr std::string_view symbols =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_symbol = 64;

constexpr std::array<std::uint8_t, 256> value_table() {
  std::array<std::uint8_t, 256> table{};
  table.fill(no_symbol);
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    table[static_cast<unsigned char>(symbols[i])] = static_cast<std::uint8_t>(i);
  }
  return table;
}
constexpr std::array<std::uint8_t, 256> values = value_table();

void append_base64(std::string& text, std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t left = std::min<std::size_t>(bytes.size() - at, 3);
    std::uint32_t three = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      three = (three << 8U) | (i < left ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= left ? symbols[(three >> (18U - 6U * i)) & 63U] : '=';
    }
  }
}

std::optional<std::string> read_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t at = 0; at < text.size(); at += 4) {
    const bool is_last = at + 4 == text.size();
    std::size_t padding = 0;
    std::uint32_t four = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const char symbol = text[at + i];
      if (symbol == '=' && is_last && i >= 2) {
        ++padding;
        four <<= 6U;
        continue;
      }
      const std::uint8_t value = values[static_cast<unsigned char>(symbol)];
      if (value == no_symbol || padding > 0) return std::nullopt;
      four = (four << 6U) | value;
    }
    for (std::size_t i = 0; i + padding < 3; ++i) {
      bytes += static_cast<char>((four >> (16U - 8U * i)) & 255U);
    }
  }
  return bytes;
}

}  // namespace

std::string pack_run(const backtest::BacktestRun& run) {
  std::string bytes;
  journal::MsgpackWriter writer(bytes);
  journal::write(writer, run);
  std::string text;
  text.reserve(begin.size() + (bytes.size() + 2) / 3 * 4 + end.size());
  text += begin;
  append_base64(text, bytes);
  text += end;
  return text;
}

result::Result<backtest::BacktestRun> unpack_run(std::string_view text) {
  std::optional<std::string> bytes;
  if (text.size() >= begin.size() + end.size() && text.starts_with(begin) && text.ends_with(end)) {
    bytes = read_base64(text.substr(begin.size(), text.size() - begin.size() - end.size()));
  }
  if (bytes) {
    journal::MsgpackReader reader(*bytes);
    auto run = journal::read<backtest::BacktestRun>(reader);
    if (reader.finished()) return run;
  }
  return result::make_error(result::ErrorCode::invalid,
                            "A worker's result cannot be read: it may run another version of this "
                            "program. Retry the job.",
                            "output");
}

}  // namespace hts::job_kinds
