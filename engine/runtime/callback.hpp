#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace hts::runtime {

/// A move-only `void()` callable: std::function cannot hold a lambda that owns a ReplyTo.
/// Callables of up to 48 bytes that move without throwing are stored inside, without allocation.
class Callback {
 public:
  Callback() = default;

  template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, Callback> &&
             std::is_invocable_v<std::remove_cvref_t<F>&>)
  Callback(F&& f) {
    using Stored = std::remove_cvref_t<F>;
    if constexpr (sizeof(Stored) <= inline_size && alignof(Stored) <= alignof(std::max_align_t) &&
                  std::is_nothrow_move_constructible_v<Stored>) {
      ::new (static_cast<void*>(storage_)) Stored(std::forward<F>(f));
      vtable_ = &inline_vtable<Stored>;
    } else {
      ::new (static_cast<void*>(storage_)) Stored*(new Stored(std::forward<F>(f)));
      vtable_ = &heap_vtable<Stored>;
    }
  }

  Callback(Callback&& other) noexcept { take(other); }
  Callback& operator=(Callback&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  ~Callback() { reset(); }

  explicit operator bool() const noexcept { return vtable_ != nullptr; }
  void operator()() { vtable_->call(storage_); }

  void reset() noexcept {
    if (vtable_ != nullptr) std::exchange(vtable_, nullptr)->destroy(storage_);
  }

 private:
  static constexpr std::size_t inline_size = 48;

  struct Vtable {
    void (*call)(void*);
    void (*move)(void* from, void* to) noexcept;  // ends the life of what is at `from`
    void (*destroy)(void*) noexcept;
  };

  template <class F>
  static constexpr Vtable inline_vtable{
      [](void* f) { (*static_cast<F*>(f))(); },
      [](void* from, void* to) noexcept {
        ::new (to) F(std::move(*static_cast<F*>(from)));
        std::destroy_at(static_cast<F*>(from));
      },
      [](void* f) noexcept { std::destroy_at(static_cast<F*>(f)); }};

  template <class F>
  static constexpr Vtable heap_vtable{
      [](void* f) { (**static_cast<F**>(f))(); },
      [](void* from, void* to) noexcept { ::new (to) F*(*static_cast<F**>(from)); },
      [](void* f) noexcept { delete *static_cast<F**>(f); }};

  void take(Callback& other) noexcept {
    vtable_ = std::exchange(other.vtable_, nullptr);
    if (vtable_ != nullptr) vtable_->move(other.storage_, storage_);
  }

  const Vtable* vtable_ = nullptr;
  alignas(std::max_align_t) std::byte storage_[inline_size];
};

}  // namespace hts::runtime
