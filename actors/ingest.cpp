#include "actors/ingest.hpp"

#include <string>
#include <utility>

#include "engine/time/timestamp.hpp"

namespace hts::actors {

Ingest::Ingest(runtime::Context& context, ports::CandleStore& candles, runtime::Lane& disk)
    : context_(context), candles_(candles), disk_(disk) {}

void Ingest::on(runtime::Request<StoreCandles>& request) {
  const market::CandleView candles = request.query.candles->view();
  if (!candles.empty()) {
    const time::Timestamp closes = candles.open_time.back() + request.query.timeframe.length();
    if (closes > context_.now()) {
      request.reply(result::make_error(result::ErrorCode::invalid,
                                       "The " + std::string{request.query.timeframe.name()} +
                                           " candle of " + request.query.symbol.text() + " at " +
                                           time::format_iso8601(candles.open_time.back()) +
                                           " has not closed yet: send it after " +
                                           time::format_iso8601(closes) + ".",
                                       "candles"));
      return;
    }
  }
  context_.offload(
      disk_,
      [this, batch = std::move(request.query)] {
        return ports::write_all_years(candles_, batch.symbol, batch.timeframe,
                                      batch.candles->view());
      },
      std::move(request.reply));
}

void Ingest::on(runtime::Request<ListInventory>& request) {
  context_.offload(disk_, [this] { return candles_.inventory(); }, std::move(request.reply));
}

}  // namespace hts::actors
