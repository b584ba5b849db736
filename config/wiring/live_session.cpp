#include "config/wiring/live_session.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

namespace hts::config {
namespace {

/// Whole, not negative.
std::optional<std::int64_t> read_amount(std::string_view text) {
  std::int64_t amount = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (error != std::errc{} || end != text.data() + text.size() || amount < 0) return std::nullopt;
  return amount;
}

void read_duration(std::string_view text, time::Duration& duration) {
  if (const auto nanoseconds = read_amount(text)) duration = time::Duration{*nanoseconds};
}

/// Reads back as the same number.
std::string fraction_text(double fraction) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), fraction).ptr;
  return {digits.data(), end};
}

void read_fraction(std::string_view text, double& fraction) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_number = error == std::errc{} && end == text.data() + text.size();
  if (is_number && value >= 0 && value <= 1) fraction = value;
}

}  // namespace

void write_live_settings(const SessionSettings& settings, journal::SegmentHeader& header) {
  if (!settings.trades_live) return;
  const LiveOptions& live = settings.wiring.live;
  const actors::IngestOptions& ingest = live.ingest;
  header.settings.insert(
      header.settings.end(),
      {{"live", "true"},
       {"live.has_history", settings.has_history ? "true" : "false"},
       {"live.manual_fee", fraction_text(live.manual.fee)},
       {"live.manual_slippage", fraction_text(live.manual.exit_slippage)},
       {"live.fee_on_exit", live.manual.fee_on_exit ? "true" : "false"},
       {"live.is_recording", live.is_recording ? "true" : "false"},
       {"ingest.grace", std::to_string(ingest.grace.count())},
       {"ingest.backfill_patience", std::to_string(ingest.backfill_patience.count())},
       {"ingest.longest_backfill", std::to_string(ingest.longest_backfill.count())},
       {"ingest.day_boundary", ingest.day_boundary == market::DayBoundary::kst ? "kst" : "utc"},
       {"ingest.tail_candles", std::to_string(ingest.tail_candles)}});
}

void read_live_setting(std::string_view key, std::string_view value, SessionSettings& settings) {
  LiveOptions& live = settings.wiring.live;
  actors::IngestOptions& ingest = live.ingest;
  if (key == "live") settings.trades_live = value == "true";
  if (key == "live.has_history") settings.has_history = value == "true";
  if (key == "live.manual_fee") read_fraction(value, live.manual.fee);
  if (key == "live.manual_slippage") read_fraction(value, live.manual.exit_slippage);
  if (key == "live.fee_on_exit") live.manual.fee_on_exit = value == "true";
  if (key == "live.is_recording") live.is_recording = value == "true";
  if (key == "ingest.grace") read_duration(value, ingest.grace);
  if (key == "ingest.backfill_patience") read_duration(value, ingest.backfill_patience);
  if (key == "ingest.longest_backfill") read_duration(value, ingest.longest_backfill);
  if (key == "ingest.day_boundary" && value == "kst") {
    ingest.day_boundary = market::DayBoundary::kst;
  }
  if (key == "ingest.tail_candles") {
    if (const auto candles = read_amount(value)) {
      ingest.tail_candles = static_cast<std::uint64_t>(*candles);
    }
  }
}

}  // namespace hts::config
