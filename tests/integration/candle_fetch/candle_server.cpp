#include "candle_server.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace hts::testing {

CandleServer::CandleServer(Intercept intercept)
    : format_(std::make_shared<parquet::DuckdbCandleFormat>(nullptr)),
      runtime_(runtime::RuntimeOptions{}),
      downloads_({folder_.path(), candles, format_, working_folder_.path()}) {
  http::ApiServices services{runtime_, {}, {}, {}, "1"};
  services.candles = &downloads_;
  http::add_candle_routes(router_, services);
  http::ServerOptions options;
  options.port = 0;
  auto server =
      http::Server::listen(sockets_.io(), options,
                           [this, intercept = std::move(intercept)](
                               const http::HttpRequest& request, http::Responder responder) {
                             if (intercept && intercept(request, responder)) return;
                             router_.handle(request, std::move(responder));
                           });
  if (!server) throw std::runtime_error(server.error().message);
  server_ = std::move(server).value();
}

void CandleServer::store_days(const std::string& first, std::size_t count, double shift) {
  testing::store_days(candles, first, count, shift);
}

void store_days(ports::CandleStore& store, const std::string& first, std::size_t count,
                double shift) {
  const auto series = candles_from(at(first), count, shift, market::Timeframe::day());
  const auto stored =
      ports::write_all_years(store, symbol("BTC_KRW"), market::Timeframe::day(), series.view());
  if (!stored) throw std::runtime_error(stored.error().message);
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace hts::testing
