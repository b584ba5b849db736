#include "adapters/http/live_reading.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "engine/runtime/runtime.hpp"

namespace hts::http {
namespace {

struct LiveQuestion {
  ApiServices services;
  std::chrono::seconds patience;
  std::function<void(prometheus::LiveReadings)> use;
  prometheus::LiveReadings readings;
};
using SharedQuestion = std::shared_ptr<LiveQuestion>;

void ask_for_session(const SharedQuestion& question) {
  question->services.runtime.ask(question->services.positions, actors::GetPositions{},
                                 question->patience,
                                 [question](result::Result<actors::SessionPositions> book) {
                                   if (book.ok()) {
                                     question->readings.session = std::move(book->session);
                                     question->readings.positions = std::move(book->positions);
                                   }
                                   question->use(std::move(question->readings));
                                 });
}

}  // namespace

void read_live(const ApiServices& services, std::chrono::seconds patience,
               std::function<void(prometheus::LiveReadings)> use) {
  prometheus::LiveReadings readings;
  if (!services.positions) return use(std::move(readings));
  if (services.feed) readings.feed = services.feed();
  auto question = std::make_shared<LiveQuestion>(
      LiveQuestion{services, patience, std::move(use), std::move(readings)});
  services.runtime.ask(
      services.ingest, actors::GetMarketStatus{}, patience,
      [question](result::Result<std::shared_ptr<const actors::MarketStatus>> market) {
        if (market.ok() && !(*market)->instruments.empty()) {
          question->readings.market = std::move(market).value();
        }
        ask_for_session(question);
      });
}

}  // namespace hts::http
