using Ansatz.Programs;

namespace Ansatz.Samples.Cooling;

/// <summary>A row of cooling.csv: a cup of tea, so many minutes after it was poured.</summary>
/// <param name="Minutes">Since it was poured.</param>
/// <param name="Room">Temperature of the room, in °C.</param>
/// <param name="Start">Temperature of the tea when it was poured.</param>
/// <param name="Temperature">Temperature of the tea now, as a bad thermometer shows it.</param>
public sealed record Reading(double Minutes, double Room, double Start, double Temperature);

/// <summary>A formula for a column of a file, given the others.</summary>
public static class Tea
{
    [Open(Purpose = "The temperature of a cup of tea after some minutes, given that of the room and that with which it was poured, in degrees Celsius.")]
    private static double Temperature(double minutes, double room, double start) => start;

    [Rule("halfway to the room")]
    private static double Halfway(double minutes, double room, double start) => (start + room) / 2;

    /// <summary>Least squares on the 100 readings that the search sees; so is the next.</summary>
    [Rule("line")]
    private static double Line(double minutes, double room, double start) => 29.5309 - 0.84348 * minutes + 0.693906 * room + 0.253771 * start;

    [Rule("cubic in the minutes")]
    private static double Cubic(double minutes, double room, double start) =>
        39.3684 - 2.48768 * minutes + 0.0425254 * minutes * minutes - 0.000271063 * minutes * minutes * minutes + 0.710041 * room + 0.292026 * start;

    [Score(Noun = "readings")]
    private static ProgramScore Score(Func<double, double, double, double> temperature, Reading reading)
    {
        double error = temperature(reading.Minutes, reading.Room, reading.Start) - reading.Temperature;
        return new(-error * error);
    }
}
