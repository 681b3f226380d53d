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

    [Score(Noun = "readings")]
    private static ProgramScore Score(Func<double, double, double, double> temperature, Reading reading)
    {
        double error = temperature(reading.Minutes, reading.Room, reading.Start) - reading.Temperature;
        return new(-error * error);
    }
}
