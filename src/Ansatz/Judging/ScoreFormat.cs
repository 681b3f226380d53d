using System.Globalization;

namespace Ansatz;

/// <summary>How scores are written for people: in points of a hundred on the scales binary and unit, as plain numbers on the scale real.</summary>
/// <remarks>All numbers of one table share their number of decimals. Minus is the ASCII hyphen.</remarks>
public sealed class ScoreFormat
{
    private readonly double _factor;
    private readonly string _format;

    private ScoreFormat(Scale scale, string format)
    {
        Scale = scale;
        _factor = scale == Scale.Real ? 1 : 100;
        _format = format;
    }

    /// <summary>The scale of the scores.</summary>
    public Scale Scale { get; }

    /// <summary>What a difference is counted in, with a space before it: " points"; nothing on the scale real.</summary>
    public string Unit => Scale == Scale.Real ? "" : " points";

    /// <summary>The format of a verdict's numbers.</summary>
    public static ScoreFormat Of(Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        return Of(verdict.Scale, [.. verdict.Rows.Select(r => r.Mean)], verdict.AgainstYours, verdict.AgainstStrongest is { Finding: not Finding.CannotTell } told ? told : null);
    }

    /// <summary>The format of numbers like these.</summary>
    /// <param name="scale">The scale of the scores.</param>
    /// <param name="values">The numbers; they count on the scale real alone.</param>
    /// <param name="differences">What lies between them: three digits of each interval's width are seen, and of a difference that is told from 0. Without any, three digits of the largest number.</param>
    public static ScoreFormat Of(Scale scale, IReadOnlyCollection<double> values, params IReadOnlyCollection<Comparison?> differences)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(differences);
        if (scale != Scale.Real)
        {
            return new(scale, "0.0");
        }

        double largest = values.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();
        double step = differences.OfType<Comparison>().Select(Resolution).Where(r => double.IsFinite(r) && r > 0).DefaultIfEmpty(largest).Min();
        int decimals = step > 0 ? Math.Max(0, 2 - Exponent(step)) : 2, digits = Math.Max(1, Exponent(largest) + 1) + decimals;
        bool isTiny = decimals > 6 && step >= largest / 100; // four digits of each show what is to be seen
        return new(scale, digits > 15 || isTiny ? "0.000e+0" : "#,0." + new string('0', decimals)); // a double has 15 digits

        static int Exponent(double value) => (int)Math.Floor(Math.Log10(value));
    }

    /// <summary>A score or a difference: "91.0", "-0.9"; "none" where it is not a number.</summary>
    public string Number(double score)
    {
        if (!double.IsFinite(score))
        {
            return "none";
        }

        string text = (score * _factor).ToString(_format, CultureInfo.InvariantCulture);
        return text.StartsWith('-') && !text.AsSpan().ContainsAnyInRange('1', '9') ? text[1..] : text; // no "-0.0"
    }

    /// <summary>A difference with its sign: "+41.0".</summary>
    public string WithSign(double difference)
    {
        string text = Number(difference);
        return difference > 0 && text.AsSpan().ContainsAnyInRange('1', '9') ? "+" + text : text;
    }

    /// <summary>"34.4 to 47.1".</summary>
    public string Range(Interval interval) =>
        double.IsFinite(interval.Low) && double.IsFinite(interval.High)
            ? $"{Number(interval.Low)} to {Number(interval.High)}"
            : "no interval";

    // The width of its interval; of a difference that is told from 0 the smaller of both. Where there is no width, as of equal gains or one seed, the difference.
    private static double Resolution(Comparison comparison)
    {
        double width = comparison.Interval.High - comparison.Interval.Low, size = Math.Abs(comparison.Difference);
        return double.IsFinite(width) && width > 0 && (comparison.Finding == Finding.CannotTell || width < size) ? width : size;
    }
}
