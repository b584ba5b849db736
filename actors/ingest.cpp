#include "actors/ingest.hpp"

#include <utility>

namespace hts::actors {

Ingest::Ingest(runtime::Context& context, ports::CandleStore& candles, runtime::Lane& disk)
    : context_(context), candles_(candles), disk_(disk) {}

void Ingest::on(runtime::Request<StoreCandles>& request) {
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
