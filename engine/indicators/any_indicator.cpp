#include "engine/indicators/any_indicator.hpp"

#include "engine/indicators/warm_up.hpp"

namespace hts::indicators {

AnyIndicator::AnyIndicator(std::unique_ptr<Held> indicator, std::size_t outputs)
    : indicator_(std::move(indicator)), outputs_(outputs, no_value) {}

std::vector<double> AnyIndicator::snapshot() const {
  StateWriter writer;
  writer(*this);
  return std::move(writer).numbers();
}

result::Status AnyIndicator::restore(std::span<const double> numbers) {
  AnyIndicator restored{*this};
  StateReader reader{numbers};
  reader(restored);
  if (!reader.complete()) {
    return result::make_error(result::ErrorCode::conflict,
                              "The saved state of the indicator is damaged: start it without.",
                              "snapshot");
  }
  *this = std::move(restored);
  return result::success();
}

}  // namespace hts::indicators
