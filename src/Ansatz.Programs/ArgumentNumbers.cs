using System.Collections.Immutable;
using System.Linq.Expressions;
using System.Numerics;
using System.Reflection;
using Ansatz.Sandbox;

namespace Ansatz.Programs;

/// <summary>
/// Listens to a scorer and keeps a sample of the different numbers that it calls a hole with, for each number that crosses: thresholds that lie within what there is. Not thread-safe.
/// </summary>
/// <remarks>
/// Numbers are kept to 13 binary digits, so that the last bits of a function that differs between machines hardly ever matter. Of each, the values with the smallest hashes are kept (a bottom-k sketch: Cohen and Kaplan 2007,
/// "Summarizing data using bottom-k sketches"), so that the sample is one of the values and not of the calls, and does not depend on their order.
/// </remarks>
/// <typeparam name="TDelegate">The hole's type.</typeparam>
internal sealed class ArgumentNumbers<TDelegate>
    where TDelegate : Delegate
{
    private const int Most = 100;
    private const double Greatest = 1e300; // what is larger stands for no number: a sentinel, an infinity

    private readonly List<Sketch> _sketches = [];
    private readonly Func<TDelegate, TDelegate> _between;

    /// <summary>Nothing, so far.</summary>
    public ArgumentNumbers(HoleSignature signature)
    {
        MethodInfo invoke = typeof(TDelegate).GetMethod("Invoke")!;
        ParameterExpression candidate = Expression.Parameter(typeof(TDelegate));
        ParameterExpression[] parameters = [.. invoke.GetParameters().Select(p => Expression.Parameter(p.ParameterType))];
        IEnumerable<Expression> kept = signature.Arguments.Zip(parameters, (argument, parameter) => argument.Components.Select(c => Keep(c, parameter))).SelectMany(k => k).OfType<Expression>();

        // candidate => (p0, p1, ...) => { sketch0.Add((double)p0); sketch1.AddAll(p1.Weights); ...; return candidate(p0, p1, ...); }
        LambdaExpression between = Expression.Lambda<TDelegate>(Expression.Block([.. kept, Expression.Invoke(candidate, parameters)]), parameters);
        _between = Expression.Lambda<Func<TDelegate, TDelegate>>(between, candidate).Compile();
    }

    /// <summary>The values, ascending; for each number or array of numbers among the arguments, in their order.</summary>
    public ImmutableArray<ImmutableArray<double>> Values => [.. _sketches.Select(s => s.Values).Where(v => v.Length > 0)];

    /// <summary>A candidate that is listened to.</summary>
    public TDelegate Around(TDelegate candidate) => _between(candidate);

    // Nothing of a bool, or of an enum, whose numbers are names.
    private MethodCallExpression? Keep(HoleComponent component, Expression argument)
    {
        Expression value = component.Members.Aggregate(argument, Expression.MakeMemberAccess);
        HoleType number = component.Type.Element ?? component.Type;
        if (!number.IsNumber || value.Type.IsEnum)
        {
            return null;
        }

        ConstantExpression sketch = Expression.Constant(new Sketch());
        _sketches.Add((Sketch)sketch.Value!);
        return component.Type.IsArray
            ? Expression.Call(sketch, nameof(Sketch.AddAll), [number.Clr], value)
            : Expression.Call(sketch, nameof(Sketch.Add), [], Expression.Convert(value, typeof(double)));
    }

    private sealed class Sketch
    {
        private const ulong Half = 1UL << 39, Kept = ~((1UL << 40) - 1);

        private readonly Dictionary<ulong, double> _byHash = [];
        private readonly ulong[] _recent = new ulong[1_024]; // hashes that came, each in a place of its own: most numbers come again and again
        private ulong _largest = ulong.MaxValue; // hash that may still be among the smallest

        public ImmutableArray<double> Values => [.. _byHash.OrderBy(h => h.Key).Take(Most).Select(h => h.Value).Order()];

        public void Add(double value)
        {
            ulong bits = (BitConverter.DoubleToUInt64Bits(value + 0.0) + Half) & Kept; // + 0.0: there is one zero
            ulong hash = HashOf(bits);
            ref ulong recent = ref _recent[hash & 1_023];
            if (recent == hash || hash > _largest)
            {
                return;
            }

            recent = hash;
            if (BitConverter.UInt64BitsToDouble(bits) is var rounded && Math.Abs(rounded) <= Greatest)
            {
                _byHash[hash] = rounded;
                if (_byHash.Count == 2 * Most)
                {
                    _largest = _byHash.Keys.Order().ElementAt(Most - 1);
                    foreach (ulong gone in _byHash.Keys.Where(h => h > _largest).ToArray())
                    {
                        _byHash.Remove(gone);
                    }
                }
            }
        }

        public void AddAll<T>(T[]? values)
            where T : INumber<T>
        {
            foreach (T value in values ?? [])
            {
                Add(double.CreateTruncating(value));
            }
        }

        // The finalizer of SplitMix64.
        private static ulong HashOf(ulong z)
        {
            z += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
