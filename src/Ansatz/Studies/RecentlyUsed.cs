using System.Diagnostics.CodeAnalysis;

namespace Ansatz;

/// <summary>The values that were used last, by key: at most so many, and at least half of that. Thread-safe.</summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
/// <param name="most">How many it holds at most; two at least.</param>
public sealed class RecentlyUsed<TKey, TValue>(int most)
    where TKey : notnull
    where TValue : class
{
    private readonly Lock _lock = new();
    private readonly int _generation = most >= 2 ? most / 2 : throw new ArgumentOutOfRangeException(nameof(most), most, "It holds two at least.");
    private Dictionary<TKey, TValue> _young = [], _old = []; // two generations: no order is kept within one

    /// <summary>A value, which is used by that.</summary>
    public bool TryGet(TKey key, [NotNullWhen(true)] out TValue? value)
    {
        lock (_lock)
        {
            if (_young.TryGetValue(key, out value))
            {
                return true;
            }

            if (!_old.TryGetValue(key, out value))
            {
                return false;
            }

            Add(key, value); // used again: stays another generation
            return true;
        }
    }

    /// <summary>Adds a value, or puts it in the place of another.</summary>
    public void Add(TKey key, TValue value)
    {
        lock (_lock)
        {
            if (_young.Count >= _generation)
            {
                (_old, _young) = (_young, []);
            }

            _young[key] = value;
        }
    }

    /// <summary>Lets go of a value, if it is held.</summary>
    public void Remove(TKey key)
    {
        lock (_lock)
        {
            _young.Remove(key);
            _old.Remove(key);
        }
    }
}
