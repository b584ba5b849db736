#pragma once

#include <atomic>
#include <cstdint>
#include <source_location>
#include <type_traits>

#include "explorer.hpp"

/// Stand-ins for std::atomic and std::mutex whose every operation is a step for the Explorer.
namespace hts::interleaving::explored {

template <class T>
class Atomic {
  using Word = Explorer::Word;
  using Where = std::source_location;
  using Order = std::memory_order;

 public:
  Atomic(T value)  // NOLINT(google-explicit-constructor): as std::atomic
      : variable_(Explorer::current().add_variable(this, to_word(value))) {}
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  [[nodiscard]] T load(Order order = Order::seq_cst, const Where& where = Where::current()) const {
    return from_word(Explorer::current().load(variable_, order, where));
  }
  void store(T value, Order order = Order::seq_cst, const Where& where = Where::current()) {
    Explorer::current().store(variable_, to_word(value), order, where);
  }
  T exchange(T value, Order order = Order::seq_cst, const Where& where = Where::current()) {
    return from_word(
        Explorer::current().modify(variable_, [&](Word) { return to_word(value); }, order, where));
  }
  T fetch_or(T value, Order order = Order::seq_cst, const Where& where = Where::current()) {
    return from_word(Explorer::current().modify(
        variable_, [&](Word before) { return before | to_word(value); }, order, where));
  }
  T fetch_and(T value, Order order = Order::seq_cst, const Where& where = Where::current()) {
    return from_word(Explorer::current().modify(
        variable_, [&](Word before) { return before & to_word(value); }, order, where));
  }
  bool compare_exchange_weak(T& expected, T desired, Order order, Order failure,
                             const Where& where = Where::current()) {
    return compare_exchange(expected, desired, true, order, failure, where);
  }
  bool compare_exchange_strong(T& expected, T desired, Order order, Order failure,
                               const Where& where = Where::current()) {
    return compare_exchange(expected, desired, false, order, failure, where);
  }

 private:
  bool compare_exchange(T& expected, T desired, bool weak, Order order, Order failure,
                        const Where& where) {
    const auto exchanged = Explorer::current().compare_exchange(
        variable_, to_word(expected), to_word(desired), weak, order, failure, where);
    if (!exchanged.done) expected = from_word(exchanged.before);
    return exchanged.done;
  }
  static Word to_word(T value) noexcept {
    if constexpr (std::is_pointer_v<T>) {
      return reinterpret_cast<Word>(value);
    } else {
      return static_cast<Word>(value);
    }
  }
  static T from_word(Word word) noexcept {
    if constexpr (std::is_pointer_v<T>) {
      return reinterpret_cast<T>(word);
    } else {
      return static_cast<T>(word);
    }
  }

  const std::uint32_t variable_;
};

class Mutex {
 public:
  Mutex() : variable_(Explorer::current().add_variable(this, 0)) {}
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  // noexcept as std::mutex never fails in the code under test.
  void lock(const std::source_location& where = std::source_location::current()) {
    Explorer::current().lock(variable_, where);
  }
  void unlock(const std::source_location& where = std::source_location::current()) {
    Explorer::current().unlock(variable_, where);
  }

 private:
  const std::uint32_t variable_;
};

}  // namespace hts::interleaving::explored
