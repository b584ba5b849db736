#include "adapters/http/websocket/session_events.hpp"

#include <string_view>

#include "engine/json/json_writer.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::http {
namespace {

using paper::PaperEventKind;

std::string_view name_of(PaperEventKind kind) {
  switch (kind) {
    case PaperEventKind::fill:
      return "fill";
    case PaperEventKind::position_opened:
      return "position_opened";
    case PaperEventKind::position_closed:
      return "position_closed";
    case PaperEventKind::refusal:
      return "refusal";
    case PaperEventKind::halted:
      return "halted";
    case PaperEventKind::resumed:
      return "resumed";
    case PaperEventKind::slot_changed:
      return "slot_changed";
    case PaperEventKind::cash_changed:
      return "cash_changed";
    case PaperEventKind::asked:
      return "asked";
  }
  return "unknown";
}

bool is_of_symbol(PaperEventKind kind) {
  return kind != PaperEventKind::halted && kind != PaperEventKind::resumed &&
         kind != PaperEventKind::cash_changed;
}

bool is_of_position(PaperEventKind kind) {
  return kind == PaperEventKind::fill || kind == PaperEventKind::position_opened ||
         kind == PaperEventKind::position_closed;
}

}  // namespace

std::string session_event_text(const paper::LivePlan& plan, const paper::PaperEvent& event) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.member("type", name_of(event.kind));
  writer.member("session_id", plan.session_id);
  writer.member("number", event.number);
  writer.member("timestamp", time::format_iso8601(event.time));
  if (is_of_symbol(event.kind)) {
    if (event.instrument < plan.symbols.size()) {
      writer.member("symbol", plan.symbols[event.instrument].text());
    }
    if (event.slot < plan.slots.size()) {
      writer.member("strategy_name", plan.slots[event.slot].strategy);
    } else if (event.slot == paper::manual_book) {
      writer.member("strategy_name", "manual");
    }
  }
  if (is_of_position(event.kind)) {
    writer.member("position_id", event.position_id);
    writer.member("side", event.side == trading::Side::buy ? "buy" : "sell");
    writer.member("quantity", event.quantity.approximate());
    writer.member("price", event.price.approximate());
    writer.member("fee_amount", event.fee.approximate());
    writer.member("slippage_amount", event.slippage.approximate());
    writer.member("realized_pnl", event.realized_profit.approximate());
  }
  if (!event.reason.empty()) writer.member("reason", event.reason);
  writer.end_object();
  return text;
}

}  // namespace hts::http
