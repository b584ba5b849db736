#include "engine/ports/collection_status_store.hpp"

namespace hts::ports {

result::Error no_collection_status(const market::Symbol& symbol, market::Timeframe timeframe) {
  return result::make_error(result::ErrorCode::not_found,
                            "Candles of " + symbol.text() + " " + std::string{timeframe.name()} +
                                " have never been collected: start with `hts fetch`.",
                            "symbol");
}

}  // namespace hts::ports
