#include "adapters/job_kinds/part_output.hpp"

#include <bit>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>

#include "engine/json/json_text.hpp"
#include "engine/json/json_writer.hpp"

namespace hts::job_kinds {
namespace {

constexpr std::size_t digits = 16;
constexpr json::ParseLimits limits{std::size_t{64} << 20U, 8};

void append_bits(std::string& text, double number) {
  constexpr std::string_view symbols = "0123456789abcdef";
  const auto bits = std::bit_cast<std::uint64_t>(number);
  for (unsigned shift = 64; shift > 0; shift -= 4) text += symbols[(bits >> (shift - 4)) & 15U];
}

bool read_bits(std::string_view text, double& number) {
  std::uint64_t bits = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits, 16);
  number = std::bit_cast<double>(bits);
  return text.size() == digits && error == std::errc{} && end == text.data() + text.size();
}

result::Error unreadable() {
  return result::make_error(result::ErrorCode::internal,
                            "What a part of the search gave cannot be read: start it again.");
}

std::string_view text_of(const boost::json::object& object, std::string_view name) {
  const auto* found = object.if_contains({name.data(), name.size()});
  if (found == nullptr || !found->is_string()) return {};
  return {found->get_string().data(), found->get_string().size()};
}

}  // namespace

std::string stretch_text(const backtest::TriedStretch& stretch) {
  std::string tried;
  tried.reserve(stretch.tried.size() * 2 * digits);
  for (const backtest::TriedCombination& one : stretch.tried) {
    if (one.refused) {
      tried.append(2 * digits, '-');
    } else {
      append_bits(tried, one.value);
      append_bits(tried, one.period_sharpe);
    }
  }
  std::string text;
  json::Writer writer(text);
  writer.begin_object();
  writer.member("first_refusal", stretch.first_refusal);
  writer.member("tried", tried);
  writer.end_object();
  return text;
}

result::Result<backtest::TriedStretch> read_stretch(std::string_view text) {
  const auto parsed = json::parse_json(text, limits);
  if (!parsed || !parsed->is_object()) return unreadable();
  backtest::TriedStretch stretch;
  stretch.first_refusal = text_of(parsed->get_object(), "first_refusal");
  const std::string_view tried = text_of(parsed->get_object(), "tried");
  if (tried.size() % (2 * digits) != 0) return unreadable();
  stretch.tried.reserve(tried.size() / (2 * digits));
  for (std::size_t at = 0; at < tried.size(); at += 2 * digits) {
    backtest::TriedCombination one;
    if (tried[at] == '-') {
      one.refused = true;
    } else if (!read_bits(tried.substr(at, digits), one.value) ||
               !read_bits(tried.substr(at + digits, digits), one.period_sharpe)) {
      return unreadable();
    }
    stretch.tried.push_back(one);
  }
  return stretch;
}

std::string winners_text(const std::vector<backtest::WindowWinner>& winners) {
  std::string text;
  json::Writer writer(text);
  writer.begin_array();
  for (const backtest::WindowWinner& winner : winners) {
    std::string objective;
    append_bits(objective, winner.objective);
    writer.begin_object();
    writer.member("evaluated", winner.evaluated);
    writer.member("combination", winner.combination);
    writer.member("objective", objective);
    writer.end_object();
  }
  writer.end_array();
  return text;
}

result::Result<std::vector<backtest::WindowWinner>> read_winners(std::string_view text) {
  const auto parsed = json::parse_json(text, limits);
  if (!parsed || !parsed->is_array()) return unreadable();
  std::vector<backtest::WindowWinner> winners;
  for (const auto& one : parsed->get_array()) {
    if (!one.is_object()) return unreadable();
    const auto* evaluated = one.get_object().if_contains("evaluated");
    const auto* combination = one.get_object().if_contains("combination");
    backtest::WindowWinner winner;
    if (evaluated == nullptr || !evaluated->is_int64() || combination == nullptr ||
        !combination->is_int64() ||
        !read_bits(text_of(one.get_object(), "objective"), winner.objective)) {
      return unreadable();
    }
    winner.evaluated = static_cast<std::uint64_t>(evaluated->get_int64());
    winner.combination = static_cast<std::uint64_t>(combination->get_int64());
    winners.push_back(winner);
  }
  return winners;
}

}  // namespace hts::job_kinds
