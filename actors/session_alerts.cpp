#include "actors/session_alerts.hpp"

#include <optional>
#include <utility>

#include "engine/json/json_writer.hpp"

namespace hts::actors {
namespace {

using paper::PaperEvent;
using paper::PaperEventKind;

std::string strategy_of(const paper::LivePlan& plan, paper::SlotId slot) {
  return slot == paper::manual_book ? "manual" : plan.slots[slot].strategy;
}

const char* word_of(trading::Side side) {
  return side == trading::Side::buy ? "buy" : "sell";
}

std::string details_of(const paper::LivePlan& plan, const PaperEvent& event) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.member("session_id", plan.session_id);
  writer.member("event", event.number);
  writer.member("symbol", plan.symbols[event.instrument].text());
  writer.member("strategy", strategy_of(plan, event.slot));
  writer.member("position_id", event.position_id);
  writer.member("side", word_of(event.side));
  writer.member("quantity", event.quantity.text());
  writer.member("price", event.price.text());
  writer.member("realized_profit", event.realized_profit.text());
  writer.member("reason", event.reason);
  writer.member("time", time::format_iso8601(event.time));
  writer.end_object();
  return text;
}

std::optional<ports::Alert> alert_of(const paper::LivePlan& plan, const PaperEvent& event) {
  ports::Alert alert;
  alert.id = plan.session_id + ":" + std::to_string(event.number);
  alert.severity = "info";
  const std::string symbol = plan.symbols[event.instrument].text();
  const bool is_long = event.side == trading::Side::buy;
  switch (event.kind) {
    case PaperEventKind::position_opened:
      alert.kind = "position_opened";
      alert.subject = (is_long ? "Long " : "Short ") + symbol + " opened at " + event.price.text();
      alert.text = strategy_of(plan, event.slot) + (is_long ? " bought " : " sold ") +
                   event.quantity.text() + " " + symbol + " at " + event.price.text() + ".";
      alert.details = details_of(plan, event);
      return alert;
    case PaperEventKind::position_closed:
      alert.kind = "position_closed";
      alert.subject =
          (is_long ? "Long " : "Short ") + symbol + " closed: " + event.realized_profit.text();
      alert.text = strategy_of(plan, event.slot) + " closed " + event.quantity.text() + " " +
                   symbol + " at " + event.price.text() + " (" + event.reason +
                   "), realized profit " + event.realized_profit.text() + ".";
      alert.details = details_of(plan, event);
      return alert;
    case PaperEventKind::halted:
      alert.kind = "risk_halt";
      alert.severity = "critical";
      alert.subject = "Paper trading is halted: " + event.reason;
      alert.text = event.reason;
      return alert;
    case PaperEventKind::resumed:
      alert.kind = "risk_halt";
      alert.subject = "Paper trading goes on";
      alert.text = "Trading was resumed: " + event.reason;
      return alert;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::vector<ports::Alert> alerts_of(const paper::LivePlan& plan, std::span<const PaperEvent> events,
                                    time::Timestamp now) {
  std::vector<ports::Alert> alerts;
  for (const PaperEvent& event : events) {
    auto alert = alert_of(plan, event);
    if (!alert) continue;
    alert->created_at = now;
    alerts.push_back(std::move(*alert));
  }
  return alerts;
}

std::vector<ports::Alert> alerts_of(const paper::LivePlan& plan, time::Timestamp bar_time,
                                    std::span<const backtest::SteppedSignal> signals,
                                    time::Timestamp now) {
  std::vector<ports::Alert> alerts;
  for (const auto& [slot, signal] : signals) {
    const paper::LiveSlot& given = plan.slots[slot];
    if (!given.is_enabled) continue;
    const std::string symbol = plan.symbols[given.instrument].text();
    ports::Alert& alert = alerts.emplace_back();
    alert.id = plan.session_id + ":signal:" + std::to_string(time::to_milliseconds(bar_time)) +
               ":" + std::to_string(slot);
    alert.kind = "signal";
    alert.severity = "info";
    alert.subject = std::string{word_of(signal.side)} + " " + symbol + " (" + given.strategy + ")";
    alert.text = given.strategy + " says " + word_of(signal.side) + " " + symbol + " on the " +
                 std::string{given.timeframe.name()} + " candle that closed at " +
                 time::format_iso8601(bar_time + market::Timeframe::minute().length()) + ".";
    std::string details;
    json::Writer writer{details};
    writer.begin_object();
    writer.member("session_id", plan.session_id);
    writer.member("symbol", symbol);
    writer.member("strategy", given.strategy);
    writer.member("side", word_of(signal.side));
    writer.member("confidence", signal.confidence);
    writer.member("is_exit_only", signal.exit_only);
    writer.end_object();
    alert.details = std::move(details);
    alert.created_at = now;
  }
  return alerts;
}

ports::Alert broken_alert(const std::string& session_id, std::uint64_t event,
                          const std::string& why, time::Timestamp now) {
  ports::Alert alert;
  alert.id = session_id + ":broken:" + std::to_string(event);
  alert.kind = "risk_halt";
  alert.severity = "critical";
  alert.subject = "Paper trading does not go on";
  alert.text = why;
  alert.created_at = now;
  return alert;
}

}  // namespace hts::actors
