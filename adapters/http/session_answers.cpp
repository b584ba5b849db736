#include "adapters/http/session_answers.hpp"

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/json/parameters_json.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::http {
namespace {

std::string_view word_of(trading::Side side) {
  return side == trading::Side::buy ? "buy" : "sell";
}

/// Null for the beginning of time, which stands for none.
void write_time(json::Writer& writer, std::string_view name, time::Timestamp time) {
  writer.key(name);
  if (time == time::Timestamp{}) {
    writer.value(nullptr);
  } else {
    writer.value(time::format_iso8601(time));
  }
}

void write_offer(json::Writer& writer, const char* price_name, double price,
                 const char* quantity_name, double quantity) {
  for (const auto& [name, number] :
       {std::pair{price_name, price}, std::pair{quantity_name, quantity}}) {
    writer.key(name);
    if (price > 0) {
      writer.value(number);
    } else {
      writer.value(nullptr);
    }
  }
}

void write_text_or_null(json::Writer& writer, std::string_view name, const std::string& text) {
  writer.key(name);
  if (text.empty()) {
    writer.value(nullptr);
  } else {
    writer.value(text);
  }
}

void write_session_id(json::Writer& writer, const actors::SessionStatus& status) {
  write_text_or_null(writer, "session_id", status.session_id);
}

void write_slot_number(json::Writer& writer, paper::SlotId slot) {
  writer.key("slot");
  if (slot == paper::manual_book) {
    writer.value(nullptr);
  } else {
    writer.value(slot);
  }
}

void write_session_symbols(json::Writer& writer, const actors::SessionStatus& status) {
  writer.key("symbols");
  writer.begin_array();
  if (status.plan != nullptr) {
    for (const market::Symbol& symbol : status.plan->symbols) writer.value(symbol.text());
  }
  writer.end_array();
}

void write_session_money(json::Writer& writer, const actors::SessionStatus& status) {
  writer.member("cash", status.cash);
  writer.member("equity", status.equity);
  writer.member("total_realized_pnl", status.realized_profit);
  writer.member("total_unrealized_pnl", status.unrealized_profit);
  writer.member("total_fees", status.fees);
}

void write_session_strategy(json::Writer& writer, const actors::SessionStatus& status,
                            paper::SlotId id) {
  const paper::LiveSlot& slot = status.plan->slots[id];
  const actors::RunnerStatus* runner = nullptr;
  for (const actors::RunnerStatus& one : status.runners) {
    if (one.slot == id) runner = &one;
  }
  writer.begin_object();
  writer.member("slot", id);
  writer.member("symbol", status.plan->symbols[slot.instrument].text());
  writer.member("strategy_name", slot.strategy);
  writer.key("params");
  json::write_parameters(writer, slot.parameters.values());
  writer.member("timeframe", slot.timeframe.name());
  writer.member("is_enabled", slot.is_enabled);
  writer.member("is_initialized", runner != nullptr && runner->is_initialized);
  writer.member("candles", runner == nullptr ? 0 : runner->candles);
  writer.member("signals", runner == nullptr ? 0 : runner->signals);
  write_time(writer, "last_candle", runner == nullptr ? time::Timestamp{} : runner->last_candle);
  write_text_or_null(writer, "error", runner == nullptr ? std::string{} : runner->error);
  writer.end_object();
}

void write_market_candle(json::Writer& writer, const market::Symbol& symbol,
                         const market::Candle& candle, bool is_closed) {
  writer.begin_object();
  writer.member("symbol", symbol.text());
  writer.member("timeframe", market::Timeframe::minute().name());
  writer.member("timestamp", time::format_iso8601(candle.open_time));
  writer.member("open", candle.open);
  writer.member("high", candle.high);
  writer.member("low", candle.low);
  writer.member("close", candle.close);
  writer.member("volume", candle.volume);
  writer.member("is_closed", is_closed);
  writer.end_object();
}

void write_market_symbol(json::Writer& writer, const actors::InstrumentStatus& status) {
  writer.begin_object();
  writer.member("symbol", status.symbol.text());
  writer.key("price");
  if (status.price > 0) {
    writer.value(status.price);
  } else {
    writer.value(nullptr);
  }
  write_time(writer, "price_time", status.price_time);
  write_quote(writer, status.quote);
  writer.member("trades", status.trades);
  writer.member("late_trades", status.late_trades);
  writer.member("duplicate_trades", status.duplicate_trades);
  writer.member("missing_minutes", status.missing_minutes);
  writer.member("backfilled_minutes", status.backfilled_minutes);
  writer.member("conflicting_candles", status.conflicting_candles);
  writer.end_object();
}

void write_position(json::Writer& writer, const actors::LivePosition& position) {
  writer.begin_object();
  writer.member("position_id", position.position_id);
  writer.member("symbol", position.symbol.text());
  writer.member("strategy_name", position.strategy);
  write_slot_number(writer, position.slot);
  writer.member("side", word_of(position.side));
  writer.member("entry_time", time::format_iso8601(position.entry_time));
  writer.member("entry_price", position.entry_price.approximate());
  writer.member("quantity", position.quantity.approximate());
  writer.member("current_price", position.current_price.approximate());
  writer.member("unrealized_pnl", position.unrealized_profit.approximate());
  writer.member("unrealized_pnl_pct", position.unrealized_profit_pct);
  writer.member("fee_amount", position.fee.approximate());
  writer.end_object();
}

void write_trade(json::Writer& writer, const actors::LiveTrade& trade) {
  writer.begin_object();
  writer.member("id", trade.position_id);
  writer.member("symbol", trade.symbol.text());
  writer.member("strategy_name", trade.strategy);
  writer.member("side", word_of(trade.side));
  writer.member("entry_time", time::format_iso8601(trade.entry_time));
  writer.member("entry_price", trade.entry_price.approximate());
  writer.member("exit_time", time::format_iso8601(trade.exit_time));
  writer.member("exit_price", trade.exit_price.approximate());
  writer.member("quantity", trade.quantity.approximate());
  writer.member("realized_pnl", trade.realized_profit.approximate());
  writer.member("realized_pnl_pct", trade.realized_profit_pct);
  writer.member("fee_amount", trade.fee.approximate());
  writer.member("slippage_amount", trade.slippage.approximate());
  writer.member("hold_duration",
                std::chrono::duration<double>(trade.exit_time - trade.entry_time).count());
  writer.member("reason", trade.reason);
  writer.end_object();
}

void write_trade_totals(json::Writer& writer, const actors::LiveTradePage& page) {
  const std::uint64_t decided = page.wins + page.losses;
  writer.member("win_count", page.wins);
  writer.member("lose_count", page.losses);
  writer.member("win_rate",
                decided == 0 ? 0.0 : static_cast<double>(page.wins) / static_cast<double>(decided));
}

double unrealized(const std::vector<actors::LivePosition>& positions) {
  trading::Money sum;
  for (const actors::LivePosition& position : positions) {
    sum = sum.plus(position.unrealized_profit).value_or(sum);
  }
  return sum.approximate();
}

struct OpenBook {
  std::uint64_t count = 0;
  double exposure = 0;
  double unrealized = 0;
};

}  // namespace

void write_quote(json::Writer& writer, const ports::FeedQuote& quote) {
  write_offer(writer, "bid", quote.bid, "bid_quantity", quote.bid_quantity);
  write_offer(writer, "ask", quote.ask, "ask_quantity", quote.ask_quantity);
}

Response session_response(const actors::SessionStatus& status, std::uint64_t websocket_clients) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  write_session_id(writer, status);
  writer.member("is_running", status.is_running);
  writer.member("market_data_status", status.market_data_status);
  writer.member("strategy_runner_status", status.strategy_runner_status);
  writer.member("websocket_clients", websocket_clients);
  write_time(writer, "started_at",
             status.plan == nullptr ? time::Timestamp{} : status.plan->started_at);
  write_session_symbols(writer, status);
  writer.member("strategy_count", status.plan == nullptr ? 0 : status.plan->slots.size());
  writer.member("bars", status.bars);
  write_time(writer, "up_to", status.up_to);
  writer.member("is_halted", status.is_halted);
  write_text_or_null(writer, "halt_reason", status.halt_reason);
  write_session_money(writer, status);
  writer.member("fills", status.fills);
  writer.member("store_errors", status.store_errors);
  writer.key("parity_differences");
  if (status.parity_differences) {
    writer.value(*status.parity_differences);
  } else {
    writer.value(nullptr);
  }
  writer.end_object();
  return json_response(200, std::move(text));
}

Response session_strategies_response(const actors::SessionStatus& status) {
  std::string text;
  json::Writer writer{text};
  const std::size_t count = status.plan == nullptr ? 0 : status.plan->slots.size();
  writer.begin_object();
  write_session_id(writer, status);
  writer.key("strategies");
  writer.begin_array();
  for (std::size_t i = 0; i < count; ++i) {
    write_session_strategy(writer, status, static_cast<paper::SlotId>(i));
  }
  writer.end_array();
  writer.member("count", count);
  writer.end_object();
  return json_response(200, std::move(text));
}

Response market_data_response(const actors::MarketStatus& market) {
  std::string text;
  json::Writer writer{text};
  std::uint64_t count = 0;
  writer.begin_object();
  writer.key("candles");
  writer.begin_array();
  for (const actors::InstrumentStatus& one : market.instruments) {
    for (const auto& [candle, is_closed] :
         {std::pair{one.last, true}, std::pair{one.current, false}}) {
      if (!candle) continue;
      write_market_candle(writer, one.symbol, *candle, is_closed);
      ++count;
    }
  }
  writer.end_array();
  writer.member("count", count);
  writer.member("status", word_of(market.feed.state));
  write_text_or_null(writer, "reason", market.feed.reason);
  write_time(writer, "since", market.feed.since);
  writer.member("bars", market.bars);
  write_time(writer, "last_bar", market.last_bar);
  writer.member("gaps", market.gaps);
  writer.member("open_gaps", market.open_gaps);
  writer.member("rejected", market.rejected);
  writer.key("symbols");
  writer.begin_array();
  for (const actors::InstrumentStatus& one : market.instruments) write_market_symbol(writer, one);
  writer.end_array();
  writer.end_object();
  return json_response(200, std::move(text));
}

Response position_response(const actors::LivePosition& position) {
  std::string text;
  json::Writer writer{text};
  write_position(writer, position);
  return json_response(200, std::move(text));
}

Response positions_response(const actors::SessionStatus& session,
                            const std::vector<actors::LivePosition>& positions) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  write_session_id(writer, session);
  writer.key("positions");
  writer.begin_array();
  for (const actors::LivePosition& position : positions) write_position(writer, position);
  writer.end_array();
  writer.member("count", positions.size());
  writer.member("total_unrealized_pnl", unrealized(positions));
  writer.end_object();
  return json_response(200, std::move(text));
}

Response trade_response(const actors::LiveTrade& trade) {
  std::string text;
  json::Writer writer{text};
  write_trade(writer, trade);
  return json_response(200, std::move(text));
}

Response trades_response(const actors::LiveTradePage& page, std::uint64_t limit,
                         std::uint64_t offset) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.key("trades");
  writer.begin_array();
  for (const actors::LiveTrade& trade : page.trades) write_trade(writer, trade);
  writer.end_array();
  writer.member("count", page.trades.size());
  writer.member("total", page.total);
  writer.member("limit", limit);
  writer.member("offset", offset);
  writer.member("total_realized_pnl", page.realized_profit.approximate());
  write_trade_totals(writer, page);
  writer.end_object();
  return json_response(200, std::move(text));
}

Response book_summary_response(const actors::SessionStatus& session,
                               const std::vector<actors::LivePosition>& positions,
                               const actors::LiveTradePage& trades) {
  std::map<std::string, OpenBook> books;
  OpenBook all;
  for (const actors::LivePosition& position : positions) {
    const double value = position.current_price.approximate() * position.quantity.approximate();
    for (OpenBook* book : {&all, &books[position.strategy]}) {
      ++book->count;
      book->exposure += value;
      book->unrealized += position.unrealized_profit.approximate();
    }
  }
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  write_session_id(writer, session);
  writer.member("is_running", session.is_running);
  writer.member("is_halted", session.is_halted);
  writer.member("open_positions", all.count);
  writer.member("closed_positions", trades.total);
  writer.member("total_exposure", all.exposure);
  write_session_money(writer, session);
  write_trade_totals(writer, trades);
  writer.key("by_strategy");
  writer.begin_object();
  for (const auto& [name, book] : books) {
    writer.key(name);
    writer.begin_object();
    writer.member("open_positions", book.count);
    writer.member("exposure", book.exposure);
    writer.member("unrealized_pnl", book.unrealized);
    writer.end_object();
  }
  writer.end_object();
  writer.end_object();
  return json_response(200, std::move(text));
}

Response parity_response(const actors::ParityReport& report) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.member("session_id", report.session_id);
  writer.member("is_equal", report.differences == 0);
  write_time(writer, "from", report.from);
  write_time(writer, "to", report.to);
  writer.member("bars", report.bars);
  writer.member("signals", report.signals);
  writer.member("fills", report.fills);
  writer.member("differences", report.differences);
  writer.key("first_differences");
  writer.begin_array();
  for (const std::string& sentence : report.first) writer.value(sentence);
  writer.end_array();
  writer.end_object();
  return json_response(200, std::move(text));
}

}  // namespace hts::http
