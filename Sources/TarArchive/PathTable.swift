/// A table from a path's 64-bit hash to what is known of the path; open addressing in memory of its own.
///
/// Not a `Dictionary`: to make the metadata of one costs a process 0.1 ms, which every `exec` would pay.
@safe
struct PathTable: ~Copyable {
    /// What is known of a path; none for one not seen.
    enum Place: UInt {
        case none, implied, directory, leaf
    }

    private var slots: UnsafeMutablePointer<UInt>
    private var capacity: Int
    private var count = 0

    init() {
        capacity = 64
        unsafe slots = .allocate(capacity: capacity)
        unsafe slots.initialize(repeating: 0, count: capacity)
    }

    deinit { unsafe slots.deallocate() }

    /// What is known of the path with this hash, of which the lower two bits don't count.
    subscript(hash: Int) -> Place {
        get { unsafe Place(rawValue: slots[slot(of: hash)] & 3) ?? .none }
        set {
            if count * 2 >= capacity { grow() }
            let slot = slot(of: hash)
            if unsafe slots[slot] == 0 { count += 1 }
            unsafe slots[slot] = Self.key(hash) | newValue.rawValue
        }
    }

    private static func key(_ hash: Int) -> UInt { UInt(bitPattern: hash) & ~3 }

    private func slot(of hash: Int) -> Int {
        let key = Self.key(hash)
        var slot = Int(key >> 2) & (capacity - 1)
        while unsafe slots[slot] != 0 && slots[slot] & ~3 != key { slot = (slot + 1) & (capacity - 1) }
        return slot
    }

    private mutating func grow() {
        let old = unsafe UnsafeMutableBufferPointer(start: slots, count: capacity)
        capacity *= 2
        unsafe slots = .allocate(capacity: capacity)
        unsafe slots.initialize(repeating: 0, count: capacity)
        for index in 0..<old.count where unsafe old[index] != 0 {
            unsafe slots[slot(of: Int(bitPattern: old[index]))] = old[index]
        }
        unsafe old.deallocate()
    }
}
