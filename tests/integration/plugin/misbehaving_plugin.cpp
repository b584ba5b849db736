// Behaves until candle `at` and then does what `how` says.

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <signal.h>
#include <unistd.h>

#include "engine/strategies/plugin.hpp"

using namespace hts;

class Misbehaving {
 public:
  static constexpr std::string_view name = GIVES_ORDERS ? "misbehaving_orders" : "misbehaving";
  static constexpr std::string_view title = "Misbehaving";
  static constexpr std::string_view help = "For tests.";
  static constexpr int state_version = 1;
  static constexpr bool uses_orders = GIVES_ORDERS;
  static std::vector<strategies::ParameterSchema> schema() {
    return {{"how", std::string{"behave"}, 0, 0, false, "", "What it does."},
            {"at", std::int64_t{100}, -1, 1'000'000, false, "", "When; -1: at its making."}};
  }
  explicit Misbehaving(const strategies::Parameters& parameters)
      : how_(parameters.text("how")), at_(parameters.integer("at")) {
    strategies::Context context;
    if (at_ < 0) misbehave(context);
  }
  void on_candle(const market::Candle&, strategies::Context& context) {
    if (seen_++ == at_) misbehave(context);
  }
  [[nodiscard]] std::vector<double> snapshot() const {
    return {how_ == "snapshot" ? std::numeric_limits<double>::infinity() : 1.0};
  }
  result::Status restore(std::span<const double>) { return result::success(); }

 private:
  void misbehave(strategies::Context& context) {
    if (how_ == "throw") throw std::out_of_range("no such bar");
    if (how_ == "throw_number") throw 7;
    if (how_ == "parameter") throw_for_parameter();
    if (how_ == "loop") spin();
    if (how_ == "crash") (void)raise(SIGSEGV);
    if (how_ == "exit") std::exit(0);
    if (how_ == "memory") take_memory();
    if (how_ == "confidence") context.buy(std::numeric_limits<double>::quiet_NaN());
    if (how_ == "garbage") write_everywhere();
    if (how_ == "hang_up") close_everything();
    if (how_ == "quantity") {
      trading::OrderRequest order;
      order.quantity = std::numeric_limits<double>::quiet_NaN();
      (void)context.desk()->submit(order);
    }
    if (how_ == "ask_for_ever") {
      for (;;) (void)context.desk()->position();
    }
  }
  static void throw_for_parameter() { (void)strategies::Parameters::adopt({}).integer("fats"); }
  static void spin() {
    for (volatile bool on = true; on;) {
    }
  }
  static void take_memory() {
    std::vector<std::unique_ptr<char[]>> kept;
    for (int i = 0; i < 10; ++i) kept.push_back(std::make_unique<char[]>(std::size_t{1} << 30U));
  }
  static void write_everywhere() {
    const std::string garbage(1000, '\xee');
    for (int descriptor = 3; descriptor < 64; ++descriptor) {
      (void)!write(descriptor, garbage.data(), garbage.size());
    }
  }
  static void close_everything() {
    for (int descriptor = 3; descriptor < 64; ++descriptor) close(descriptor);
  }

  std::string how_;
  std::int64_t at_;
  std::int64_t seen_ = 0;
};

HTS_STRATEGY_PLUGIN(Misbehaving)
