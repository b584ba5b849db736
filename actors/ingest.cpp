#include "actors/ingest.hpp"

#include <algorithm>
#include <utility>

namespace hts::actors {
namespace {

result::Result<ports::WriteReport> write_all_years(ports::CandleStore& store,
                                                   const StoreCandles& batch) {
  auto write = store.begin_write(batch.symbol, batch.timeframe);
  if (!write) return std::move(write).error();
  const market::CandleView all = batch.candles->view();
  for (std::size_t begin = 0; begin < all.size();) {
    const int year = time::utc_year(all.open_time[begin]);
    const market::CandleView rest = all.slice(begin, all.size() - begin);
    const market::CandleView one_year =
        rest.within({time::utc_year_begin(year), time::utc_year_begin(year + 1)});
    if (auto staged = (*write)->stage(year, one_year); !staged) return std::move(staged).error();
    begin += one_year.size();
  }
  return (*write)->commit();
}

}  // namespace

Ingest::Ingest(runtime::Context& context, ports::CandleStore& candles, runtime::Lane& disk)
    : context_(context), candles_(candles), disk_(disk) {}

void Ingest::on(runtime::Request<StoreCandles>& request) {
  context_.offload(
      disk_, [this, batch = std::move(request.query)] { return write_all_years(candles_, batch); },
      std::move(request.reply));
}

void Ingest::on(runtime::Request<ListInventory>& request) {
  context_.offload(disk_, [this] { return candles_.inventory(); }, std::move(request.reply));
}

}  // namespace hts::actors
