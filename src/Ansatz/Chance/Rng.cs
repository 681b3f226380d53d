using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Ansatz;

/// <summary>
/// A seeded generator whose numbers are the same on every machine and in every version: xoshiro256** by Blackman and Vigna (2018),
/// seeded from a SHA-256 hash of seed, purpose and index.
/// </summary>
/// <remarks>One generator a purpose and index, never one a worker: then no order of arrival can change a draw. Not thread-safe.</remarks>
public sealed class Rng
{
    private ulong _s0, _s1, _s2, _s3;

    /// <summary>A generator for one purpose of a seed.</summary>
    /// <param name="seed">The study's seed.</param>
    /// <param name="purpose">What the numbers are for: "split", "opro/exemplars".</param>
    /// <param name="index">Which of several with the same purpose: a step, a resample.</param>
    public Rng(long seed, string purpose, long index = 0)
    {
        ArgumentNullException.ThrowIfNull(purpose);
        string text = string.Create(CultureInfo.InvariantCulture, $"{seed}\n{index}\n{purpose}");
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        _s0 = BinaryPrimitives.ReadUInt64LittleEndian(hash);
        _s1 = BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]);
        _s2 = BinaryPrimitives.ReadUInt64LittleEndian(hash[16..]);
        _s3 = BinaryPrimitives.ReadUInt64LittleEndian(hash[24..]) | 1; // the state must not be all zero
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>A whole number in [0, <paramref name="below"/>), every one equally likely.</summary>
    public int Next(int below)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(below);
        ulong range = (ulong)below;
        ulong high = Math.BigMul(NextBits(), range, out ulong low); // Lemire 2019: the high word is uniform once low words below 2^64 mod range are refused
        if (low < range)
        {
            ulong refused = (0UL - range) % range;
            while (low < refused)
            {
                high = Math.BigMul(NextBits(), range, out low);
            }
        }

        return (int)high;
    }

    /// <summary>A number in [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A standard normal number, by the polar method of Marsaglia (its second number is thrown away, so that a draw has no memory).</summary>
    public double NextGaussian()
    {
        while (true)
        {
            double u = (2 * NextDouble()) - 1;
            double v = (2 * NextDouble()) - 1;
            double s = (u * u) + (v * v);
            if (s is > 0 and < 1)
            {
                return u * Math.Sqrt(-2 * PortableMath.Log(s) / s);
            }
        }
    }

    /// <summary>Puts the items into random order, every order equally likely (Fisher-Yates).</summary>
    public void Shuffle<TItem>(Span<TItem> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary><paramref name="count"/> different numbers from [0, <paramref name="below"/>), in random order.</summary>
    public int[] Choose(int count, int below)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, below);
        int[] all = [.. Enumerable.Range(0, below)];
        for (int i = 0; i < count; i++)
        {
            int j = i + Next(below - i);
            (all[i], all[j]) = (all[j], all[i]);
        }

        return all[..count];
    }

    /// <summary>One of the items, every one equally likely.</summary>
    public TItem Pick<TItem>(IReadOnlyList<TItem> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return items[Next(items.Count)];
    }
}
